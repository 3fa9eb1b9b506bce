// SQL as tagged templates: every value becomes a parameter, a nested fragment becomes part of the text.

export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  /** Prepared once for each connection under this name; the text of one name never changes. */
  readonly name?: string
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}

export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  if (!values.some(isSql)) return { strings, values }
  const flatStrings: string[] = [strings[0] ?? '']
  const flatValues: unknown[] = []
  const append = (text: string) => {
    flatStrings[flatStrings.length - 1] += text
  }
  values.forEach((value, i) => {
    if (isSql(value)) {
      append(value.strings[0] ?? '')
      flatValues.push(...value.values)
      flatStrings.push(...value.strings.slice(1))
    } else {
      flatValues.push(value)
      flatStrings.push('')
    }
    append(strings[i + 1] ?? '')
  })
  return { strings: flatStrings, values: flatValues }
}

/** Text that is ours, never from outside: a column name from an allow-list, a keyword. */
export function raw(text: string): Sql {
  return { strings: [text], values: [] }
}

export function join(parts: readonly Sql[], separator: string): Sql {
  return parts.reduce((all, part, i) => (i === 0 ? part : sql`${all}${raw(separator)}${part}`), raw(''))
}

/** A statement that is sent often: prepared once for each connection. */
export function prepared(name: string, statement: Sql): Sql {
  return { ...statement, name }
}

/** The text with `$1`, `$2`, … in the places of the values. */
export function textOf(statement: Sql): string {
  let text = statement.strings[0] ?? ''
  for (let i = 1; i < statement.strings.length; i++) text += `$${i}${statement.strings[i]}`
  return text
}
