const IDENTIFIER = /^\P{Cc}{1,500}$/u

/**
 * Whether a claim names something that can be kept and looked for: `sub`, `sid`, `jti`. Longer than any that is in use,
 * and short enough for an index; control characters name nothing. @see OpenID Connect Core 1.0 §2
 */
export function isValidIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value) && value.isWellFormed()
}
