// Reads named settings as typed values, and collects what is wrong with them, so that the operator is told everything
// at once. A name without a value is unset; the value of a secret never appears in a message.
import { isIP } from 'node:net'
import { parseEnv } from 'node:util'

export type Variables = Readonly<Record<string, string | undefined>>

/** Every mistake, one to a line, each with the name, the value unless it is secret, and the rule. */
export class SettingsError extends Error {
  readonly mistakes: readonly string[]
  constructor(mistakes: readonly string[]) {
    super(
      `The settings have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
    )
    this.mistakes = mistakes
  }
}

interface Common {
  /** Not repeated in messages. */
  readonly secret?: boolean
}

interface TextRule extends Common {
  readonly check?: (value: string) => boolean
  /** Completes "must be …"; said when `check` fails. */
  readonly rule?: string
}

export interface SettingsReader {
  text(name: string, rule?: TextRule): string | undefined
  integer(name: string, rule: { min: number; max: number; default: number }): number
  choice<const Choice extends string>(name: string, choices: readonly Choice[], otherwise: Choice): Choice
  /** Where leaving a setting out opens more than some of its values: it may be left out, but not be empty. */
  filled(...names: string[]): void
  /** An absolute URL of one of the schemes. */
  url(name: string, schemes: readonly string[], rule?: TextRule): string | undefined
  /** Addresses and networks (`10.0.0.0/8`, `::1`), separated by commas. */
  networks(name: string): string[]
  /** Addresses, each with or without a port (`192.0.2.1`, `[::1]:53`), separated by commas. */
  servers(name: string): string[]
  /** Settings that only make sense together. */
  together(...names: string[]): void
  mistake(name: string, problem: string): void
  /** @throws {SettingsError} when anything read so far is wrong */
  done(): void
}

export function settingsReader(variables: Variables): SettingsReader {
  const mistakes: string[] = []
  const raw = (name: string) => variables[name]?.trim() || undefined
  const mistake = (name: string, problem: string) => void mistakes.push(`${name} ${problem}`)
  const wrong = (name: string, value: string, rule: string, secret = false) =>
    mistake(name, `${secret ? '(not shown)' : `is ${JSON.stringify(value)}`}: must be ${rule}`)

  function text(name: string, { check, rule, secret }: TextRule = {}): string | undefined {
    const value = raw(name)
    if (value !== undefined && check && !check(value)) wrong(name, value, rule ?? 'something else', secret)
    return value
  }

  function list(name: string, between: RegExp, isGood: (entry: string) => boolean, rule: string): string[] {
    const entries = (raw(name) ?? '')
      .split(between)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
    for (const entry of entries) if (!isGood(entry)) wrong(name, entry, rule)
    return entries
  }

  return {
    text,
    mistake,
    integer(name, { min, max, default: otherwise }) {
      const value = raw(name)
      if (value === undefined) return otherwise
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (number >= min && number <= max) return number
      wrong(name, value, `a whole number from ${min} to ${max}`)
      return otherwise
    },
    choice(name, choices, otherwise) {
      const value = raw(name) ?? otherwise
      const found = choices.find((choice) => choice === value)
      if (found === undefined) wrong(name, value, `one of ${choices.join(', ')}`)
      return found ?? otherwise
    },
    url(name, schemes, { check = () => true, rule, secret = false } = {}) {
      const form = rule ?? `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`
      const isUrl = (value: string) =>
        schemes.some((scheme) => value.startsWith(`${scheme}://`)) && URL.canParse(value)
      return text(name, { check: (value) => isUrl(value) && check(value), rule: form, secret })
    },
    networks: (name) =>
      list(name, /,/, isNetwork, 'addresses or networks such as 10.0.0.0/8, separated by commas'),
    servers: (name) =>
      list(name, /[\s,]+/, isServer, 'addresses such as 192.0.2.1 or [::1]:53, separated by commas'),
    filled(...names) {
      for (const name of names.filter((each) => variables[each]?.trim() === ''))
        mistake(name, 'is empty: must have a value, or be left out')
    },
    together(...names) {
      const missing = names.filter((name) => raw(name) === undefined)
      if (missing.length === 0 || missing.length === names.length) return
      const given = names.filter((name) => !missing.includes(name))
      mistake(missing.join(', '), `is not set: must be set together with ${given.join(', ')}`)
    },
    done() {
      if (mistakes.length > 0) throw new SettingsError(mistakes)
    },
  }
}

function isServer(text: string): boolean {
  const [, bracketed, plain, port = '53'] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  return isIP(bracketed ?? plain ?? text) !== 0 && Number(port) > 0 && Number(port) < 65_536
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** Reads `NAME=value` lines: `#` starts a comment, quotes around a value are taken off. */
export function parseSettingsFile(text: string): Record<string, string> {
  return parseEnv(text) as Record<string, string>
}
