/**
 * The form in which text is compared where case does not count, and in which unique keys are kept: NFKC, lower case, one
 * form of sigma. The database's function `case_key` gives the same for every text, whatever its locale.
 * @see RFC 7644 §5, §7.8
 */
export function caseKey(text: string): string {
  return isAscii(text) ? text.toLowerCase() : lowerCase(text.normalize('NFKC')).normalize('NFKC')
}

/** Without regard to place: toLowerCase writes another sigma at the end of a word than within it. */
function lowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase().replaceAll('ς', 'σ')
}

/** Orders text by code points, as the database does; `<` orders by halves of surrogate pairs. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1
  }
  return left.length - right.length
}

/** Both halves stand for characters above all others. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
