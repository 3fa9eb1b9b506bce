import type { Attribute } from '../schema/schema.ts'

/**
 * Returns the number in a text for an integer or decimal attribute if it is written exactly as JSON would write it,
 * and undefined for other texts and types.
 */
export function numberIn(text: string, { type }: Pick<Attribute, 'type'>): number | undefined {
  if (type !== 'integer' && type !== 'decimal') return undefined
  const number = Number(text)
  return String(number) === text && Number.isFinite(number) ? number : undefined
}
