/**
 * Returns the form of a text that is used for case-insensitive comparison and unique keys: NFKC, lowercase, one form
 * of sigma. The database function `case_key` gives the same result for every text in every locale.
 * @see RFC 7644 §5, §7.8
 */
export function caseKey(text: string): string {
  return isAscii(text) ? text.toLowerCase() : lowerCase(text.normalize('NFKC')).normalize('NFKC')
}

/** Converts to lowercase with one form of sigma, since toLowerCase writes a different one at the end of a word. */
function lowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase().replaceAll('ς', 'σ')
}

/** Compares texts by code point, as the database does. `<` would compare surrogates. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1
  }
  return left.length - right.length
}

/** Returns whether a code unit is half of a surrogate pair, which stands for a character above all others. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
