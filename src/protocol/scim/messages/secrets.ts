// Recognizes secrets by their names in SCIM messages, and masks them in client text that is repeated in errors and
// logs. Pure.

export const MASKED = '[masked]'

const SECRET_NAME =
  /password|passwd|passphrase|passcode|\bpwd\b|secret|token|credential|authorization|api_?key|private_?key/i

/** Returns whether a name belongs to a secret. In a path, one such name is enough. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Attributes whose value names what another value is: `emails[type eq "password" and value eq "…"]`. */
const SELECTORS = new Set(['path', 'name', 'type', 'attribute', 'key'])

/**
 * Masks a filter, path or name that mentions a secret. Only the secret's name is kept, because in malformed text the
 * secret can be anywhere. Mentions inside strings only count where the string says what another value is.
 */
export function maskCondition(text: string): string {
  const mention = isSecretName(text) ? mentionIn(withoutStrings(text)) : undefined
  return mention === undefined || isName(text) ? text : `${mention} ${MASKED}`
}

/** Returns whether a filter, path or name mentions a secret, see maskCondition. */
export function mentionsSecret(text: string): boolean {
  return isSecretName(text) && mentionIn(withoutStrings(text)) !== undefined
}

/** Returns the first name that mentions a secret, up to the end of the mention. */
function mentionIn(text: string): string | undefined {
  const found = SECRET_NAME.exec(text)
  if (!found) return undefined
  const [before = ''] =
    /[\w$.:/-]{0,100}$/.exec(text.slice(Math.max(0, found.index - 100), found.index)) ?? []
  return before + found[0]
}

/** Removes quoted strings, except those compared with a selector. An unclosed quote doesn't start a string. */
function withoutStrings(text: string): string {
  let rest = ''
  let at = 0
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', at)) {
    const end = endOfString(text, open)
    if (end === undefined) break
    const before = text.slice(at, open)
    rest += before + (selects(before) ? text.slice(open, end) : ' ')
    at = end
  }
  return rest + text.slice(at)
}

function endOfString(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1
    if (text[at] === '\\') at += 1
  }
  return undefined
}

/** Returns whether the text before a string ends in a comparison with a selector: `… type eq `. */
function selects(before: string): boolean {
  const [name = ''] = before.trimEnd().split(/\s+/).slice(-2)
  return SELECTORS.has(/[\w$-]*$/.exec(name)?.[0].toLowerCase() ?? '')
}

/** Returns whether a text is just a name, which can't contain a secret if it ends with the part that mentions one. */
function isName(text: string): boolean {
  return /^[\w$.:/-]*$/.test(text) && cutAfterMention(text) === text
}

/** Cuts a name off after the part that mentions a secret. */
function cutAfterMention(name: string): string {
  let end = 0
  for (const part of name.split(/(?<=[.:/])/)) {
    end += part.length
    if (isSecretName(part)) return name.slice(0, end).replace(/[.:/]$/, '')
  }
  return name
}

/**
 * Returns the name in a text where a name is expected, without brackets and, if it mentions a secret, without what
 * follows the mention.
 */
export function nameWithin(text: string): string {
  const bare = withoutBrackets(text)
  if (!isSecretName(bare)) return bare
  const [name = ''] = /^[^\s"'=<>(){}[\]\\]*/.exec(bare) ?? []
  return cutAfterMention(name)
}

/** Returns `emails.x` for `emails[0].x` and `emails[type eq "work"].x`. An unclosed bracket is cut off. */
function withoutBrackets(name: string): string {
  const open = name.indexOf('[')
  if (open === -1) return name
  const close = name.lastIndexOf(']')
  return name.slice(0, open) + (close > open ? name.slice(close + 1) : '')
}

const LONGEST_ECHO = 80

/** Returns a client's text for use in an error: short, well-formed and without secrets. */
export function echo(text: string): string {
  const safe = maskCondition(text)
  return safe.length > LONGEST_ECHO ? `${safe.slice(0, LONGEST_ECHO).toWellFormed()}…` : safe.toWellFormed()
}
