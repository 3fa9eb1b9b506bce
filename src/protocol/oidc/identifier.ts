const IDENTIFIER = /^\P{Cc}{1,500}$/u

/**
 * Returns whether `sub`, `sid` or `jti` can be stored and looked up: at most 500 characters, which is more than any in use, and
 * no control characters. @see OpenID Connect Core 1.0 §2
 */
export function isValidIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value) && value.isWellFormed()
}
