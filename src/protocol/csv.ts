// This folder holds what Doorlist knows about outside formats and protocols: CSV for spreadsheets in this file, SCIM,
// SAML and OpenID Connect in the folders beside it. It is pure: it reads no clock, network or database.
// The folders above it in src call it, and it imports nothing from them; http/portal exports CSV with this file.
// Start with scim/schema/schema.ts, saml/response.ts or oidc/discovery.ts. @see RFC 4180

/**
 * Returns one record with its line end. A cell that a spreadsheet would take for a formula gets a leading apostrophe,
 * which marks it as text: names come from outside, and opening an export must not run a formula hidden in one.
 */
export function csvRecord(values: readonly (string | number | boolean | Date | null | undefined)[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

/**
 * Also matches after whitespace, quotes and separators, which some programs drop or split at, and matches full-width
 * forms.
 */
const FORMULA = /^[\s"',;\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
const NUMBER = /^-?\d+(\.\d+)?$/

function cell(value: string | number | boolean | Date | null | undefined): string {
  if (value === null || value === undefined) return ''
  const text = value instanceof Date ? value.toISOString() : String(value)
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe
}
