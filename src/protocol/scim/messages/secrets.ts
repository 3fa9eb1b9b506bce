// What a secret is called in SCIM messages, and how it is masked where texts of a client are repeated: in errors, and in
// logs. Pure.

export const MASKED = '[masked]'

const SECRET_NAME =
  /password|passwd|passphrase|passcode|\bpwd\b|secret|token|credential|authorization|api_?key|private_?key/i

/** Whether an attribute of this name holds a secret. Of a path with several names, one is enough. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Attributes whose value says what another value is: `emails[type eq "password" and value eq "…"]`. */
const SELECTORS = new Set(['path', 'name', 'type', 'attribute', 'key'])

/**
 * Masks a filter, a path or a name that mentions a secret: nothing is left of it but the name of the secret, since in a
 * malformed text the secret can stand anywhere. A mention in a string counts only where that says what another value is.
 */
export function maskCondition(text: string): string {
  const mention = isSecretName(text) ? mentionIn(withoutStrings(text)) : undefined
  return mention === undefined || isName(text) ? text : `${mention} ${MASKED}`
}

/** Whether a filter, a path or a name mentions a secret, see maskCondition. */
export function mentionsSecret(text: string): boolean {
  return isSecretName(text) && mentionIn(withoutStrings(text)) !== undefined
}

/** The first name in which a secret is mentioned, up to the end of that. */
function mentionIn(text: string): string | undefined {
  const found = SECRET_NAME.exec(text)
  if (!found) return undefined
  const [before = ''] =
    /[\w$.:/-]{0,100}$/.exec(text.slice(Math.max(0, found.index - 100), found.index)) ?? []
  return before + found[0]
}

/** Without strings in quotes, other than those that selectors are compared with. What is not closed is no string. */
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

/** `… type eq ` */
function selects(before: string): boolean {
  const [name = ''] = before.trimEnd().split(/\s+/).slice(-2)
  return SELECTORS.has(/[\w$-]*$/.exec(name)?.[0].toLowerCase() ?? '')
}

/** A name alone has no room for a secret, as long as nothing follows the part that mentions one. */
function isName(text: string): boolean {
  return /^[\w$.:/-]*$/.test(text) && cutAfterMention(text) === text
}

/** The part of a name in which a secret is mentioned is its last. */
function cutAfterMention(name: string): string {
  let end = 0
  for (const part of name.split(/(?<=[.:/])/)) {
    end += part.length
    if (isSecretName(part)) return name.slice(0, end).replace(/[.:/]$/, '')
  }
  return name
}

/**
 * The name in a text that stands where a name belongs: without what is in brackets and, where it mentions a secret, what
 * follows that.
 */
export function nameWithin(text: string): string {
  const bare = withoutBrackets(text)
  if (!isSecretName(bare)) return bare
  const [name = ''] = /^[^\s"'=<>(){}[\]\\]*/.exec(bare) ?? []
  return cutAfterMention(name)
}

/** `emails[0].x` and `emails[type eq "work"].x` are `emails.x`. What is not closed is cut off. */
function withoutBrackets(name: string): string {
  const open = name.indexOf('[')
  if (open === -1) return name
  const close = name.lastIndexOf(']')
  return name.slice(0, open) + (close > open ? name.slice(close + 1) : '')
}

const LONGEST_ECHO = 80

/** A text of the client as an error repeats it: short, well-formed, and without secrets. */
export function echo(text: string): string {
  const safe = maskCondition(text)
  return safe.length > LONGEST_ECHO ? `${safe.slice(0, LONGEST_ECHO).toWellFormed()}…` : safe.toWellFormed()
}
