import type { Summary } from './simulate.ts'

/** Returns the summary as a table, without a line break at the end. */
export function printSummary(summary: Summary): string {
  const { dialect, users, groups, requests, retries, errors, seconds } = summary
  const rate = seconds > 0 ? Math.round(requests / seconds) : 0
  const head = [
    `${dialect}: ${users} users and ${groups} groups on the service`,
    `${requests} requests in ${seconds.toFixed(1)} s (${rate}/s), ${retries} retries, ${errors} errors`,
    `answers: ${printCounts(summary.statuses)}`,
  ]
  const rows = Object.entries(summary.perOperation).map(([operation, count]) => [
    operation,
    String(count.requests),
    String(count.errors),
    milliseconds(count.seconds / Math.max(count.requests, 1)),
    milliseconds(count.slowestSeconds),
  ])
  const table = printTable([['operation', 'requests', 'errors', 'mean ms', 'slowest ms'], ...rows])
  const samples = summary.samples.map((sample) => `  ${sample}`)
  return [
    ...head,
    '',
    ...table,
    ...(samples.length > 0 ? ['', 'errors:', ...samples] : []),
    ...verificationLines(summary),
    ...(summary.stopped === undefined ? [] : ['', `stopped: ${summary.stopped}`]),
  ].join('\n')
}

function verificationLines({ verification }: Summary): string[] {
  if (!verification) return []
  const { resources, differences, samples } = verification
  if (differences === 0) return ['', `verified: all ${resources} users and groups match what was sent`]
  return [
    '',
    `verified: ${differences} differences in ${resources} users and groups`,
    ...samples.map((sample) => `  ${sample}`),
  ]
}

/** The summary as one line of JSON. */
export function jsonSummary(summary: Summary): string {
  return JSON.stringify(summary)
}

function printCounts(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} × ${count}`)
  return parts.length > 0 ? parts.join(', ') : 'none'
}

// The first column is words, the others are numbers and stand to the right.
function printTable(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(1)
}
