import { isMet, type Promised } from './promises.ts'

/** One row for each promise, with what was measured, what was to be reached, and whether it was. */
export function printPromises(promises: readonly Promised[]): void {
  const rows = promises.map((promised) => [
    promised.promise,
    `${promised.figure.toFixed(2)} ${promised.unit}`,
    `${promised.rule} ${promised.target}`,
    isMet(promised) ? 'met' : 'NOT MET',
  ])
  const table = [['promise', 'figure', 'target', ''], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    process.stdout.write(`${line.trimEnd()}\n`)
  }
  process.stdout.write(`\n${promises.filter(isMet).length} of ${promises.length} promises met\n`)
}
