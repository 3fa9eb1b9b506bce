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

function withTenant(command: Command): Command {
  return command.option('--tenant <slug>', 'short name of the tenant', 'default')
}

export function withData(command: Command): Command {
  return withTenant(command).option('--json', 'print JSON')
}

/** @param readAfter reads what the last line of a page gives; `String` where that is more than an id, and checked later */
export function withPage(command: Command, readAfter: (text: string) => string = identifier): Command {
  return withData(command)
    .option('--limit <n>', 'maximum number of rows', positive, LIMIT)
    .option('--after <id>', 'show the rows after this one', readAfter)
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

/** Reads an id, as the lists of users and groups end with. */
function identifier(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new InvalidArgumentError('Enter an id, as the last line of the page before gives it.')
  }
  return text
}

/** Reads a date (UTC), or a date with a time. */
export function moment(text: string): Date {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(T|$)/.exec(text) ?? []
  const date = new Date(text)
  // JavaScript reads 30 February as 2 March.
  const isReal = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  if (!isReal || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Enter a date that exists, such as 2026-12-31 or 2026-12-31T18:00:00Z.')
  }
  return date
}
