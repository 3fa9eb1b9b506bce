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
  return command.option('--tenant <slug>', 'short name of the tenant', 'default')
}

export function withData(command: Command): Command {
  return withTenant(command).option('--json', 'print JSON')
}

export function withPage(command: Command): Command {
  return withData(command)
    .option('--limit <n>', 'maximum number of rows', positive, LIMIT)
    .option('--after <id>', 'show the rows after this one')
}

export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices)
}

function positive(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > MOST) {
    throw new InvalidArgumentError(`Enter a whole number from 1 to ${MOST}.`)
  }
  return number
}

/** Reads a date (UTC), or a date with a time. */
export function moment(text: string): Date {
  const date = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Enter a date, such as 2026-12-31 or 2026-12-31T18:00:00Z.')
  }
  return date
}
