const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Returns the instant of an xsd:dateTime such as `2011-05-13T04:42:34.5Z` or `…+02:00`. Without a time zone it is
 * UTC.
 * @returns microseconds since 1970, the precision of the database; undefined if the text isn't a dateTime
 * @see RFC 7643 §2.3.5
 */
export function instantOf(text: string): bigint | undefined {
  if (text.length < 19 || text.length > 40 || !isShaped(text.slice(0, 19))) return undefined
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)]
  const inRange = day >= 1 && day <= (LONGEST_MONTHS[month - 1] ?? 0)
  if (!inRange || hour > 24 || minute > 59 || second > 60) return undefined
  const fractionEnd = endOfFraction(text)
  const offset = offsetMinutes(text.slice(fractionEnd))
  if (fractionEnd === 20 || offset === undefined) return undefined
  const microseconds =
    fractionEnd > 20 ? Math.round(Number(`0.${text.slice(20, fractionEnd)}`) * 1_000_000) : 0
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  const instant = new Date(0)
  instant.setUTCFullYear(year, month - 1, day)
  return BigInt(instant.setUTCHours(hour, minute - offset, second)) * 1_000n + BigInt(microseconds)
}

function isShaped(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const wanted = '0000-00-00T00:00:00'.charAt(at)
    const given = text.charAt(at)
    if (wanted === '0' ? !isDigit(given) : given.toUpperCase() !== wanted) return false
  }
  return true
}

/** Returns the end of the optional fraction of a second, which starts with a dot at offset 19. */
function endOfFraction(text: string): number {
  if (text.charAt(19) !== '.') return 19
  let end = 20
  while (isDigit(text.charAt(end))) end += 1
  return end
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === '' || zone === 'Z' || zone === 'z') return 0
  const shaped =
    zone.length === 6 && zone.charAt(3) === ':' && [1, 2, 4, 5].every((at) => isDigit(zone.charAt(at)))
  if (!shaped || (zone.charAt(0) !== '+' && zone.charAt(0) !== '-')) return undefined
  const minutes = digits(zone, 1, 3) * 60 + digits(zone, 4, 6)
  return zone.charAt(0) === '-' ? -minutes : minutes
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9' && character !== ''
}

function digits(text: string, start: number, end: number): number {
  return Number(text.slice(start, end))
}
