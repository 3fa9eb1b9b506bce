// Comma-separated values for spreadsheets. @see RFC 4180

/**
 * One record with its line end.
 * A cell that a spreadsheet would take for a formula gets an apostrophe before it, which shows that it is text: names come
 * from outside, and opening an export must not run what somebody wrote into one.
 */
export function csvRecord(values: readonly (string | number | boolean | Date | null | undefined)[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

/** Also behind blanks, quotes and separators that some programs drop or split at, and in their full-width forms. */
const FORMULA = /^[\s"',;\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
const NUMBER = /^-?\d+(\.\d+)?$/

function cell(value: string | number | boolean | Date | null | undefined): string {
  if (value === null || value === undefined) return ''
  const text = value instanceof Date ? value.toISOString() : String(value)
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe
}
