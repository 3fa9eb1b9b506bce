// How secrets are taken out of texts that are not JSON: queries, filters, and answers that repeat what was sent.
import { isSecretName, MASKED, maskCondition } from '#protocol/scim/messages/secrets.ts'

export { MASKED }

export interface Secrets {
  /** Whether the value of an attribute is a secret; a path with several names is when one of them is. */
  isSecret(name: string): boolean
  /** Whether a text has anything to look for. */
  mayBeIn(text: string): boolean
}

/** @param names of attributes that the schemas never return */
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
    // An escaped letter may hide a name.
    mayBeIn: (text) => isSecretName(text) || text.includes('\\u') || (anyOwn?.test(text) ?? false),
  }
}

export interface Masked {
  readonly text: string
  /** What was taken out, as it stood there. */
  readonly found: readonly string[]
}

/** Begins where a name does, so that a long word is not looked through from each of its letters. */
const LITERAL =
  /(?<![\w$.:-])([\w$.:-]+)(\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+|\s{0,3}[=:]\s{0,3})("(?:[^"\\]|\\.)*"?|[^\s"&)\]]+)/gi

/** Masks the secrets in any text: what they are compared with, or what is assigned to them. */
export function maskLiterals(text: string, secrets: Secrets, found: string[] = []): string {
  return text.replace(LITERAL, (whole, name: string, operator: string, literal: string) => {
    if (!secrets.isSecret(name)) return whole
    found.push(literal.replace(/^"|"$/g, ''))
    return `${name}${operator}"${MASKED}"`
  })
}

/** Members of messages, and parameters of queries, that hold filters, paths or names. */
const CONDITIONS = new Set(['filter', 'path', 'sortby', 'attributes', 'excludedattributes'])

/** Masks the secrets in the text that a member of a message, or a parameter of a query, holds. */
export function maskTextOf(name: string, text: string, secrets: Secrets, found: string[]): string {
  const literals = maskLiterals(text, secrets, found)
  return CONDITIONS.has(name.toLowerCase()) && !isPlain(literals) ? maskCondition(literals) : literals
}

/** Comparisons, and what joins them: then it is known where a secret stands. */
function isPlain(filter: string): boolean {
  return /^[\s()]*(?:(?:and|or|not)[\s()]+)*$/i.test(`${filter.replace(LITERAL, '')} `)
}

/** The query of a request as a person reads it: decoded, secrets masked. */
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

/** The path of a request. A name of a secret in it can be there by mistake alone. */
export function maskPath(path: string): string {
  const text = decoded(path)
  const masked = maskCondition(text)
  return masked === text ? path : masked
}

/** Takes what was found to be secret out of another text, such as the answer that quotes it. */
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
