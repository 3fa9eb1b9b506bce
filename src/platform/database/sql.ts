// SQL as tagged templates: every value becomes a parameter, a nested fragment becomes part of the text. A fragment is a
// small tree; its text is put together when it is sent, and for prepared statements only the first time.

/** Of a class, so that no value from outside is ever taken for text of ours; and an object with a symbol costs much more. */
class Fragment {
  readonly strings: readonly string[]
  /** Parameters and nested fragments, in the places between the strings. */
  readonly parts: readonly unknown[]
  /** Prepared once for each connection under this name; the text of one name never changes. */
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

export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Sql {
  return new Fragment(strings, parts)
}

const NO_PARTS: readonly unknown[] = []

/** Text that is ours, never from outside: a column name from an allow-list, a keyword. */
export function raw(text: string): Sql {
  return new Fragment([text], NO_PARTS)
}

export function join(fragments: readonly Sql[], separator: string): Sql {
  const between = fragments.slice(1).map(() => separator)
  return new Fragment(['', ...between, ''].slice(0, fragments.length + 1), fragments)
}

/** A statement that is sent often: prepared once for each connection. */
export function prepared(name: string, statement: Sql): Sql {
  return new Fragment(statement.strings, statement.parts, name)
}

/** The text with `$1`, `$2`, … in the places of the parameters. */
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

/** The parameters, in the order of their numbers. */
export function parametersOf(statement: Sql, into: unknown[] = []): unknown[] {
  for (const part of statement.parts) {
    if (isSql(part)) parametersOf(part, into)
    else into.push(part)
  }
  return into
}
