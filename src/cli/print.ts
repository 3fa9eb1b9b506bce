// What commands print: JSON for programs, aligned columns for people. Data goes to stdout, everything else to stderr.

/** Prints a JSON value: indented on a terminal, on one line for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined)}\n`)
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Prints rows under their headings. @param columns heading → cell */
export function printTable<Row>(rows: readonly Row[], columns: Record<string, (row: Row) => unknown>): void {
  const headings = Object.keys(columns).map((heading) => heading.toUpperCase())
  const cells = rows.map((row) => Object.values(columns).map((cell) => show(cell(row))))
  for (const line of align([headings, ...cells])) printLine(line)
}

/** Prints names and values, one pair a line. */
export function printPairs(pairs: Record<string, unknown>): void {
  for (const line of align(Object.entries(pairs).map(([name, value]) => [name, show(value)]))) printLine(line)
}

/** Pads all cells but the last of each line to the width of their column. */
export function align(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Returns a value as one line of text, without characters that control the terminal. */
export function show(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replace(/\p{C}/gu, '\u{FFFD}')
}
