// SQL as tagged templates. Every value becomes a parameter, and a nested fragment becomes part of the text. A
// fragment is a small tree. Its text is built when it is sent; for prepared statements only the first time.

/**
 * A class, so that no value from outside can pose as SQL text. An object marked with a symbol would be much slower.
 */
class Fragment {
  readonly strings: readonly string[]
  /** Parameters and nested fragments between the strings. */
  readonly parts: readonly unknown[]
  /** The name under which it is prepared once for each connection. The text for a name never changes. */
  readonly name: string | undefined

  constructor(strings: readonly string[], parts: readonly unknown[], name?: string) {
    this.strings = strings
    this.parts = parts
    this.name = name
  }
}
export type Sql = Fragment

export function isSql(part: unknown): part is Sql {
  return part instanceof Fragment
}

/** Tags a template as SQL: each value becomes a parameter, each fragment becomes part of the text. */
export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Sql {
  return new Fragment(strings, parts)
}

const NO_PARTS: readonly unknown[] = []

/** Returns SQL from text of our own, such as a column name from an allow-list. Never pass text from outside. */
export function raw(text: string): Sql {
  return new Fragment([text], NO_PARTS)
}

/** Joins fragments with a separator, which must be text of our own. */
export function join(fragments: readonly Sql[], separator: string): Sql {
  const between = fragments.slice(1).map(() => separator)
  return new Fragment(['', ...between, ''].slice(0, fragments.length + 1), fragments)
}

/** Gives a frequent statement a name, so that it is prepared once for each connection. */
export function prepared(name: string, statement: Sql): Sql {
  return new Fragment(statement.strings, statement.parts, name)
}

/** Returns the text with `$1`, `$2`, … for the parameters. */
export function textOf(statement: Sql): string {
  const count = { parameters: 0 }
  return write(statement, count)
}

function write({ strings, parts }: Sql, count: { parameters: number }): string {
  let text = strings[0] ?? ''
  parts.forEach((part, i) => {
    if (isSql(part)) text += write(part, count)
    else {
      count.parameters += 1
      text += `$${count.parameters}`
    }
    text += strings[i + 1] ?? ''
  })
  return text
}

/** Returns the parameters in the order of their numbers. */
export function parametersOf(statement: Sql, into: unknown[] = []): unknown[] {
  for (const part of statement.parts) {
    if (isSql(part)) parametersOf(part, into)
    else into.push(part)
  }
  return into
}
