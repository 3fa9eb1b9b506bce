// Checks the text formats that strict mode requires.

/** Returns whether a text is base64 in either alphabet, with or without padding. @see RFC 4648 §4, §5 */
export function isBase64(text: string): boolean {
  return /^[\w+/-]+={0,2}$/.test(text) && (!text.endsWith('=') || text.length % 4 === 0)
}

/**
 * Matches the characters of a URI and its fragment, after a scheme or where no colon could be taken for the end of
 * one.
 */
const URI =
  /^(?:[a-z][a-z\d+.-]*:|(?![^/?#]*:))(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[\da-f]{2})*(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[\da-f]{2})*)?$/i

/** Returns whether a text is an absolute or relative URI, as RFC 7643 §2.3.7 allows. @see RFC 3986 §4.1 */
export function isUri(text: string): boolean {
  return URI.test(text)
}
