// Checks an XML text from outside before it is parsed: it must be small, shallow, and contain only elements and text. A DOCTYPE
// declares entities. Comments, CDATA and processing instructions have been used to make two readers see different names in one
// signed document.

/** The text is refused; the message may be shown. */
export class XmlError extends Error {}

// Group names need the most: 1,000 of them take 2,000 elements and 6,000 attributes and namespace declarations if each is an
// Attribute of its own (Keycloak) and its value has a type (Okta).
const CHARACTERS = 262_144
const ELEMENTS = 4_000
const DEPTH = 32
// Each of these costs a parser or canonicalization much more than plain text of the same length.
const LIMITS = {
  attributes: [8_000, 'attributes and namespace declarations'],
  references: [10_000, 'entity and character references'],
  brackets: [20_000, 'characters “>”'],
  lineEnds: [20_000, 'line ends'],
  quotes: [60_000, 'quotes and tabs'],
} as const

/** A character that XML doesn't allow, directly or as a reference. @see Extensible Markup Language 1.0 §2.2 */
const NOT_ALLOWED = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

const DECLARATION = /^\uFEFF?\s*<\?xml\s[^<>?]*\?>/

/**
 * @returns the text without byte order mark and XML declaration
 * @throws {XmlError}
 */
export function scanXml(text: string): string {
  if (text.length > CHARACTERS) throw new XmlError(`must have at most ${CHARACTERS / 1024} kB`)
  if (!isXmlText(text)) throw new XmlError('must not contain control characters, such as NUL')
  const body = text.replace(DECLARATION, '').replace(/^\uFEFF/, '')
  if (/<!doctype/i.test(body)) throw new XmlError('must not contain a DOCTYPE')
  if (body.includes('<!')) throw new XmlError('must not contain comments, CDATA sections or declarations')
  if (body.includes('<?')) throw new XmlError('must not contain processing instructions')
  requireLimits(body)
  requireShallow(body)
  return body
}

export function isXmlText(text: string): boolean {
  return !NOT_ALLOWED.test(text)
}

/** Counts in one pass, so that a text full of one kind stays cheap. */
function requireLimits(body: string): void {
  const counts = { attributes: 0, references: 0, brackets: 0, lineEnds: 0, quotes: 0 }
  let isAfterEquals = false
  for (let at = 0; at < body.length; at++) {
    const character = body.charCodeAt(at)
    if (character === CHARACTER_CODES.quote || character === CHARACTER_CODES.apostrophe) {
      if (isAfterEquals) counts.attributes += 1
      if (character === CHARACTER_CODES.quote) counts.quotes += 1
    } else if (character === CHARACTER_CODES.ampersand) counts.references += 1
    else if (character === CHARACTER_CODES.bracket) counts.brackets += 1
    else if (character === CHARACTER_CODES.lineFeed || character === CHARACTER_CODES.carriageReturn)
      counts.lineEnds += 1
    else if (character === CHARACTER_CODES.tab) counts.quotes += 1
    // Space may stand between the equals sign and the value.
    isAfterEquals =
      character === CHARACTER_CODES.equals || (isAfterEquals && character <= CHARACTER_CODES.space)
  }
  for (const [name, [most, what]] of Object.entries(LIMITS))
    if (counts[name as keyof typeof LIMITS] > most) throw new XmlError(`must have at most ${most} ${what}`)
}

const CHARACTER_CODES = {
  tab: 9,
  lineFeed: 10,
  carriageReturn: 13,
  space: 32,
  quote: 34,
  ampersand: 38,
  apostrophe: 39,
  equals: 61,
  bracket: 62,
} as const

/** Counts tags by their form; whether they match is checked by the parser. */
function requireShallow(body: string): void {
  let elements = 0
  let depth = 0
  for (const [tag] of body.matchAll(/<[^<>]*>/g)) {
    if (tag.startsWith('</')) depth -= 1
    else {
      elements += 1
      if (!tag.endsWith('/>')) depth += 1
    }
    if (elements > ELEMENTS) throw new XmlError(`must have at most ${ELEMENTS} elements`)
    if (depth > DEPTH) throw new XmlError(`must be nested at most ${DEPTH} deep`)
  }
}
