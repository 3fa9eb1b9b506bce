/** What earlier answers gave, by the name that later steps use. */
export type Captures = Map<string, string>

/** Puts captured values in place of every `{{name}}`, in keys and values. @throws for a name nothing was captured under */
export function substitute<T>(value: T, captures: ReadonlyMap<string, string>): T
export function substitute(value: unknown, captures: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return fill(value, captures)
  if (Array.isArray(value)) return value.map((element) => substitute(element, captures))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [fill(key, captures), substitute(inner, captures)]),
  )
}

function fill(text: string, captures: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{([^{}]+)\}\}/g, (_whole, name: string) => {
    const value = captures.get(name)
    if (value === undefined) throw new Error(`{{${name}}} was never captured`)
    return value
  })
}
