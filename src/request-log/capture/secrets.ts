// Masks secrets in texts that aren't JSON: queries, filters, and error messages that quote the request.
import { isSecretName, MASKED, maskCondition } from '#protocol/scim/messages/secrets.ts'

export { MASKED }

export interface Secrets {
  /** Returns whether an attribute's value is a secret. For a path with several names, one of them is enough. */
  isSecret(name: string): boolean
  /** Returns whether a text may contain a secret at all. A fast check that avoids parsing most messages. */
  mayBeIn(text: string): boolean
}

/** Creates the check for secrets. @param names attributes that the schemas never return */
export function secretsOf(names: readonly string[] = []): Secrets {
  const own = new Set(names.map((name) => name.toLowerCase()))
  const anyOwn = own.size > 0 ? new RegExp([...own].map(RegExp.escape).join('|'), 'i') : undefined
  return {
    isSecret: (name) =>
      isSecretName(name) ||
      (own.size > 0 &&
        name
          .toLowerCase()
          .split(/[^\w$-]+/)
          .some((part) => own.has(part))),
    // An escape sequence may hide a name.
    mayBeIn: (text) => isSecretName(text) || text.includes('\\u') || (anyOwn?.test(text) ?? false),
  }
}

export interface Masked {
  readonly text: string
  /** The masked values as they appeared in the text. */
  readonly found: readonly string[]
}

/** Matches only where a name begins, so that a long word isn't scanned from each of its characters. */
const LITERAL =
  /(?<![\w$.:-])([\w$.:-]+)(\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+|\s{0,3}[=:]\s{0,3})("(?:[^"\\]|\\.)*"?|[^\s"&)\]]+)/gi

/** Masks secrets that are compared or assigned in any text. */
export function maskLiterals(text: string, secrets: Secrets, found: string[] = []): string {
  return text.replace(LITERAL, (whole, name: string, operator: string, literal: string) => {
    if (!secrets.isSecret(name)) return whole
    found.push(literal.replace(/^"|"$/g, ''))
    return `${name}${operator}"${MASKED}"`
  })
}

/** Keys and query parameters that contain filters, paths or attribute names. */
const CONDITIONS = new Set(['filter', 'path', 'sortby', 'attributes', 'excludedattributes'])

/** Masks secrets in the text of a key or a query parameter. */
export function maskTextOf(name: string, text: string, secrets: Secrets, found: string[]): string {
  const literals = maskLiterals(text, secrets, found)
  return CONDITIONS.has(name.toLowerCase()) && !isPlain(literals) ? maskCondition(literals) : literals
}

/** Returns whether a filter consists only of plain comparisons, so that the position of every secret is known. */
function isPlain(filter: string): boolean {
  return /^[\s()]*(?:(?:and|or|not)[\s()]+)*$/i.test(`${filter.replace(LITERAL, '')} `)
}

/** Decodes the query of a request and masks its secrets, for display. */
export function maskQuery(query: string, secrets: Secrets): Masked {
  const found: string[] = []
  const parts = query.split('&').map((part) => {
    const [, given = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? []
    const name = decoded(given)
    if (value === undefined || !secrets.isSecret(name)) {
      const text = value === undefined ? '' : `=${maskTextOf(name, decoded(value), secrets, found)}`
      return `${maskCondition(name)}${text}`
    }
    found.push(decoded(value))
    return `${maskCondition(name)}=${MASKED}`
  })
  return { text: parts.join('&'), found }
}

/** Masks the path of a request. A secret can only be there by mistake. */
export function maskPath(path: string): string {
  const text = decoded(path)
  const masked = maskCondition(text)
  return masked === text ? path : masked
}

/** Masks known secrets in another text, such as a response that quotes them. */
export function without(found: readonly string[], text: string): string {
  return found
    .filter((secret) => secret.length > 2)
    .reduce((rest, secret) => rest.replaceAll(secret, MASKED), text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
