// What is asked of an XML text from outside before anything parses it: small, shallow, and nothing but elements and
// text. A DOCTYPE brings entities, and comments, CDATA and processing instructions have all been used to make two
// readers see two different names in one signed document.

/** The text is refused; the message may be shown. */
export class XmlError extends Error {}

const CHARACTERS = 262_144
const ELEMENTS = 2_000
const DEPTH = 32

/** A character that XML does not allow, as itself or as a character reference. @see Extensible Markup Language 1.0 §2.2 */
const NOT_ALLOWED = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

const DECLARATION = /^\uFEFF?\s*<\?xml\s[^<>?]*\?>/

/**
 * @returns the text without byte order mark and XML declaration
 * @throws {XmlError}
 */
export function scanXml(text: string): string {
  if (text.length > CHARACTERS) throw new XmlError(`must have at most ${CHARACTERS / 1024} kB`)
  if (!isXmlText(text)) throw new XmlError('must contain no control characters, such as NUL')
  const body = text.replace(DECLARATION, '').replace(/^\uFEFF/, '')
  if (/<!doctype/i.test(body)) throw new XmlError('must hold no DOCTYPE')
  if (body.includes('<!')) throw new XmlError('must hold no comments, CDATA sections or declarations')
  if (body.includes('<?')) throw new XmlError('must hold no processing instructions')
  demandShape(body)
  return body
}

export function isXmlText(text: string): boolean {
  return !NOT_ALLOWED.test(text)
}

/** Counts by the look of the tags; whether they match is the parser's question. */
function demandShape(body: string): void {
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
