// Filters live in the URL, so that every state of a list can be linked. These functions parse them and tolerate
// any input.

type Search = Record<string, unknown>

export function text(search: Search, name: string): string | undefined {
  const value = search[name]
  return typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined
}

export function choice<Word extends string>(
  search: Search,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === search[name])
}

export const ORDERS = ['asc', 'desc'] as const

/** Drops undefined values, so that the URL names only filters that are set. */
export function given<Filters extends object>(filters: Filters): Partial<Filters> {
  const entries = Object.entries(filters).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<Filters>
}

export function flag(search: Search, name: string): true | undefined {
  return search[name] === true || search[name] === 'true' ? true : undefined
}
