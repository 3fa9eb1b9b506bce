// The forms of text that strict mode demands.

/** Either alphabet, padded or not. @see RFC 4648 §4, §5 */
export function isBase64(text: string): boolean {
  return /^[\w+/-]+={0,2}$/.test(text) && (!text.endsWith('=') || text.length % 4 === 0)
}

/** After a scheme, or where no colon could be taken for the end of one: its characters, and those of a fragment. */
const URI =
  /^(?:[a-z][a-z\d+.-]*:|(?![^/?#]*:))(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[\da-f]{2})*(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[\da-f]{2})*)?$/i

/** Absolute or relative, as RFC 7643 §2.3.7 has it. @see RFC 3986 §4.1 */
export function isUri(text: string): boolean {
  return URI.test(text)
}
