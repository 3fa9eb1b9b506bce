import type { Judged } from './promise.ts'

/** Prints one row for each promise: what was measured, the target, and whether it was reached. */
export function printPromises(promises: readonly Judged[]): void {
  const rows = promises.map((judged) => [
    judged.promise,
    judged.figure?.toFixed(2) ?? 'not run',
    `${judged.rule} ${judged.target} ${judged.unit}`,
    judged.notRun ?? (judged.met ? 'met' : 'NOT MET'),
  ])
  const table = [['promise', 'figure', 'target', ''], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    process.stdout.write(`${line.trimEnd()}\n`)
  }
  const missing = promises.filter(({ figure }) => figure === undefined).length
  const met = promises.filter((each) => each.met).length
  process.stdout.write(
    `\n${met} of ${promises.length} promises met${missing ? `, ${missing} not run` : ''}\n`,
  )
}
