/**
 * The form in which text is compared where case does not count, and in which unique keys are kept: NFKC, lower case.
 * @see RFC 7644 §5, §7.8
 */
export function caseKey(text: string): string {
  return isAscii(text) ? text.toLowerCase() : lowerCase(text.normalize('NFKC'))
}

/**
 * Without regard to place: a capital sigma is always `σ`, where toLowerCase would write `ς` at the end of a word. So the
 * key of a prefix is a prefix of the key, which `sw` and the database rely on.
 */
function lowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase()
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
