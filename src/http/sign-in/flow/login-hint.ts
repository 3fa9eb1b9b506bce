const CHARACTERS = 320

/** The address that a user typed, on its way to the form of an identity provider; it proves nothing. Empty: none. */
export function readLoginHint(text: unknown): string {
  return typeof text === 'string' && text.length <= CHARACTERS && !/\p{C}/u.test(text) ? text.trim() : ''
}
