// Declares settings and reads their values from the environment. A setting is declared once, with everything that an
// operator needs to know about it; docs/settings.md is generated from these declarations. All mistakes are collected,
// so that an operator sees them at once. A name without a value is unset, and the value of a secret is never repeated.
import { isIP } from 'node:net'
import { parseEnv } from 'node:util'

export type Variables = Readonly<Record<string, string | undefined>>

/** Thrown for wrong settings. Each mistake is one line: the name, the value unless it is secret, and the rule. */
export class SettingsError extends Error {
  readonly mistakes: readonly string[]
  constructor(mistakes: readonly string[]) {
    super(
      `The settings have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
    )
    this.mistakes = mistakes
  }
}

/** What an operator reads about a setting. */
export interface SettingText {
  /** What the setting does, in full sentences (Markdown). */
  readonly description: string
  /** A value that is allowed and realistic. */
  readonly example: string
  /** What happens without a value; needed where there is no default value. */
  readonly unset?: string
  /** The value is never shown in a message. */
  readonly secret?: boolean
  /** Another setting that must be set too. */
  readonly needs?: string
}

export interface Setting<Value> extends SettingText {
  readonly name: string
  /** Completes "must be …". */
  readonly allowed: string
  readonly default?: string
  /** Set for a setting whose default gives more access than some of its values: an empty value is a mistake then. */
  readonly refuseEmpty?: boolean
  /** Returns the parts of `text` that aren't allowed. */
  wrongParts(text: string): string[]
  /** Converts a text that is allowed. */
  convert(text: string): Value
}

interface TextRule {
  readonly allowed?: string
  readonly isAllowed?: (text: string) => boolean
  readonly convert?: (text: string) => string
}

/** Declares a text without a default value. */
export function text(name: string, about: SettingText & TextRule): Setting<string | undefined> {
  const { isAllowed = () => true } = about
  const wrongParts = (value: string) => (isAllowed(value) ? [] : [value])
  return { allowed: 'a text', convert: String, ...about, name, wrongParts }
}

/** Declares a text with a default value. */
export function textOr(standard: string, name: string, about: SettingText & TextRule): Setting<string> {
  return { ...text(name, about), convert: about.convert ?? String, default: standard }
}

/** Declares a secret of at least, and where it is said at most, so many characters. */
export function secret(
  name: string,
  characters: number,
  { most, ...about }: SettingText & { readonly most?: number },
): Setting<string | undefined> {
  const isAllowed = (value: string) => {
    const { length } = [...value.normalize('NFKC')]
    return length >= characters && length <= (most ?? length)
  }
  const allowed = most ? `${characters} to ${most} characters long` : `at least ${characters} characters long`
  return text(name, { ...about, secret: true, allowed, isAllowed })
}

/** Declares an absolute URL with one of the schemes. */
export function url(
  name: string,
  schemes: readonly string[],
  about: SettingText,
): Setting<string | undefined> {
  const allowed = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`
  const isAllowed = (value: string) =>
    schemes.some((scheme) => value.startsWith(`${scheme}://`)) && URL.canParse(value)
  return text(name, { ...about, allowed, isAllowed })
}

interface IntegerRule extends SettingText {
  readonly min: number
  readonly max: number
  readonly default: number
  /** What 0 means, where it is allowed although it is below `min`. */
  readonly zero?: string
}

/** Declares a whole number from `min` to `max`, and 0 where `zero` gives it a meaning. */
export function integer(name: string, { min, max, zero, ...about }: IntegerRule): Setting<number> {
  const range = `a whole number from ${min} to ${max}`
  const isAllowed = (value: number) => (value >= min && value <= max) || (zero !== undefined && value === 0)
  return {
    ...about,
    name,
    default: String(about.default),
    allowed: zero === undefined ? range : `0 (${zero}) or ${range}`,
    wrongParts: (value) => (/^\d+$/.test(value) && isAllowed(Number(value)) ? [] : [value]),
    convert: Number,
  }
}

interface ChoiceRule<Choice extends string> extends SettingText {
  readonly choices: readonly Choice[]
  readonly default: NoInfer<Choice>
  readonly refuseEmpty?: boolean
}

/** Declares one of a few words. */
export function choice<const Choice extends string>(
  name: string,
  { choices, ...about }: ChoiceRule<Choice>,
): Setting<Choice> {
  const find = (value: string) => choices.find((one) => one === value)
  return {
    ...about,
    name,
    allowed: `one of ${choices.join(', ')}`,
    wrongParts: (value) => (find(value) ? [] : [value]),
    convert: (value) => find(value) ?? about.default,
  }
}

/** Declares a list of addresses and networks (`10.0.0.0/8`, `::1`). */
export function networks(name: string, about: SettingText): Setting<readonly string[]> {
  const allowed = 'addresses or networks such as 10.0.0.0/8, separated by commas'
  return list(name, about, { separator: /,/, isAllowed: isNetwork, allowed })
}

/** Declares a list of addresses, each with or without a port (`192.0.2.1`, `[::1]:53`). */
export function servers(name: string, about: SettingText): Setting<readonly string[]> {
  const allowed = 'addresses such as 192.0.2.1 or [::1]:53, separated by commas'
  return list(name, about, { separator: /[\s,]+/, isAllowed: isServer, allowed })
}

interface ListRule {
  readonly separator: RegExp
  readonly isAllowed: (entry: string) => boolean
  readonly allowed: string
}

function list(
  name: string,
  about: SettingText,
  { separator, isAllowed, allowed }: ListRule,
): Setting<readonly string[]> {
  const entries = (value: string) => value.split(separator).map((entry) => entry.trim())
  const convert = (value: string) => entries(value).filter((entry) => entry !== '')
  const wrongParts = (value: string) => convert(value).filter((entry) => !isAllowed(entry))
  return { ...about, name, allowed, default: '', wrongParts, convert }
}

export interface SettingsReader {
  read<Value>(setting: Setting<Value>): Value
  /** @throws {SettingsError} when anything read so far is wrong */
  done(): void
}

export function settingsReader(variables: Variables): SettingsReader {
  const mistakes: string[] = []
  const given = (name: string) => (variables[name]?.trim() ? variables[name] : undefined)

  function mistakesOf({ name, allowed, secret, wrongParts, refuseEmpty, needs }: Setting<unknown>): string[] {
    const value = given(name)
    if (value === undefined) {
      const isEmpty = refuseEmpty && variables[name] !== undefined
      return isEmpty ? [`${name} is empty: must have a value, or be left out`] : []
    }
    // Taken as it is, an address or a password with a blank at its end would be a different one.
    if (value !== value.trim()) return [`${name} starts or ends with white space: remove it`]
    const wrong = wrongParts(value).map(
      (part) => `${name} ${secret ? '(not shown)' : `is ${JSON.stringify(part)}`}: must be ${allowed}`,
    )
    const isAlone = needs !== undefined && given(needs) === undefined
    return isAlone ? [...wrong, `${needs} is not set: must be set together with ${name}`] : wrong
  }

  return {
    read<Value>(setting: Setting<Value>) {
      const wrong = mistakesOf(setting)
      mistakes.push(...wrong)
      const value = (wrong.length === 0 ? given(setting.name) : undefined) ?? setting.default
      return value === undefined ? (undefined as Value) : setting.convert(value)
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
