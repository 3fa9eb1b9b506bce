// Checks and converts values from outside for PostgreSQL.

/** Returns whether PostgreSQL can store a text. It stores no NUL, and half of a surrogate pair isn't valid UTF-8. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

const SHAPE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:[0-5]\d:[0-5]\d)(?:\.\d{1,9})?(?:Z|[+-]\d\d:[0-5]\d)$/i

/**
 * Returns the instant of a date and time with its zone, such as `2026-02-28T23:59:59.5+09:00`. Returns undefined for
 * days that don't exist, leap seconds, and years that don't have four digits in UTC.
 * @see RFC 3339 §5.6
 */
export function readInstant(text: string): Date | undefined {
  const [, day = '', time = ''] = SHAPE.exec(text) ?? []
  const noon = new Date(`${day}T12:00:00Z`)
  // Date would read February 30 as March 2.
  const isDay = !Number.isNaN(noon.getTime()) && noon.toISOString().startsWith(day)
  const instant = new Date(text.toUpperCase())
  const year = instant.getUTCFullYear()
  return day !== '' && isDay && time < '24' && year >= 1 && year <= 9_999 ? instant : undefined
}

const MICROSECONDS = 1_000n

/** Returns the text of an instant for a parameter `::timestamptz`, in any year. @param microseconds since 1970 */
export function timestampText(microseconds: bigint): string {
  const rest = ((microseconds % MICROSECONDS) + MICROSECONDS) % MICROSECONDS
  const whole = new Date(Number((microseconds - rest) / MICROSECONDS))
  const year = whole.getUTCFullYear()
  const clock = whole
    .toISOString()
    .replace(/^[+-]?\d+/, '')
    .replace('Z', '')
  // There is no year 0: the year before 1 is 1 BC.
  const [shown, era] = year > 0 ? [year, ''] : [1 - year, ' BC']
  return `${String(shown).padStart(4, '0')}${clock}${String(rest).padStart(3, '0')}Z${era}`
}
