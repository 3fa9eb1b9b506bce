// What a secret is called, and how it is taken out of texts that are not JSON: queries, filters, answers that quote.

export const MASKED = '[masked]'

/** In names of attributes; what a tenant's own schemas never return comes on top (see `secretsOf`). */
const SECRET_WORD =
  /password|passwd|passphrase|passcode|\bpwd\b|secret|token|credential|authorization|api_?key|private_?key/i

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
      SECRET_WORD.test(name) ||
      (own.size > 0 &&
        name
          .toLowerCase()
          .split(/[^\w$-]+/)
          .some((part) => own.has(part))),
    // An escaped letter may hide a name.
    mayBeIn: (text) => SECRET_WORD.test(text) || text.includes('\\u') || (anyOwn?.test(text) ?? false),
  }
}

export interface Masked {
  readonly text: string
  /** What was taken out, as it stood there. */
  readonly found: readonly string[]
}

/** Begins where a name does, so that a long word is not looked through from each of its letters. */
const LITERAL =
  /(?<![\w$.:-])([\w$.:-]+)(\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)("(?:[^"\\]|\\.)*"?|[^\s")\]]+)/gi

/** Masks what secrets are compared with in a filter or a path. */
export function maskLiterals(text: string, secrets: Secrets, found: string[] = []): string {
  return text.replace(LITERAL, (whole, name: string, operator: string, literal: string) => {
    if (!secrets.isSecret(name)) return whole
    found.push(literal.replace(/^"|"$/g, ''))
    return `${name}${operator}"${MASKED}"`
  })
}

/** The query of a request as a person reads it: decoded, secrets masked. */
export function maskQuery(query: string, secrets: Secrets): Masked {
  const found: string[] = []
  const parts = query.split('&').map((part) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? []
    if (value === undefined) return decoded(name)
    if (!secrets.isSecret(decoded(name)))
      return `${decoded(name)}=${maskLiterals(decoded(value), secrets, found)}`
    found.push(decoded(value))
    return `${decoded(name)}=${MASKED}`
  })
  return { text: parts.join('&'), found }
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
