const CHARACTERS = 320

/**
 * Reads the email address that a user typed, to prefill the identity provider's form. It proves nothing. @returns '' if there
 * is none
 */
export function readLoginHint(text: unknown): string {
  return typeof text === 'string' && text.length <= CHARACTERS && !/\p{C}/u.test(text) ? text.trim() : ''
}
