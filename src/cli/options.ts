// Options that several commands share.
import { type Command, InvalidArgumentError, Option } from 'commander'

export interface DataOptions {
  readonly tenant: string
  readonly json?: true
}

export interface PageOptions extends DataOptions {
  readonly limit: number
  readonly after?: string
}

const LIMIT = 100
const MOST = 10_000

export function withTenant(command: Command): Command {
  return command.option('--tenant <slug>', 'tenant', 'default')
}

export function withData(command: Command): Command {
  return withTenant(command).option('--json', 'print JSON')
}

export function withPage(command: Command): Command {
  return withData(command)
    .option('--limit <n>', 'how many at most', positive, LIMIT)
    .option('--after <id>', 'go on below this one')
}

export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices)
}

function positive(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > MOST) {
    throw new InvalidArgumentError(`It must be a number from 1 to ${MOST}.`)
  }
  return number
}

/** A moment: a date (UTC) or a date with time. */
export function moment(text: string): Date {
  const date = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('It must be a date, such as 2026-12-31 or 2026-12-31T18:00:00Z.')
  }
  return date
}
