import type { Attribute } from '../schema/schema.ts'

/**
 * Returns the number that a text is for an integer or decimal attribute, where it is written exactly as JSON would write it;
 * undefined for another text or type.
 */
export function numberIn(text: string, { type }: Pick<Attribute, 'type'>): number | undefined {
  if (type !== 'integer' && type !== 'decimal') return undefined
  const number = Number(text)
  return String(number) === text && Number.isFinite(number) ? number : undefined
}
