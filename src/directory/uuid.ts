const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Whether a text from outside can be an id of ours at all; anything else is simply not found. Ids are given out in small
 * letters and compared letter by letter. @see RFC 7643 §3.1
 */
export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && text.length === 36 && UUID.test(text)
}
