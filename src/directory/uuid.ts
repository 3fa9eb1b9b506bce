const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Returns whether a text from outside can be one of our ids. Anything else is treated as not found. Ids are lowercase
 * and compared case-sensitively.
 * @see RFC 7643 §3.1
 */
export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && text.length === 36 && UUID.test(text)
}
