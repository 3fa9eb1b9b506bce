// Guesses which product an identity provider is from its requests, because admin consoles differ.

export const IDP_KINDS = ['entra', 'okta', 'onelogin', 'jumpcloud', 'ping', 'google', 'generic'] as const
export type IdpKind = (typeof IDP_KINDS)[number]

const AGENTS: readonly [RegExp, IdpKind][] = [
  [/azure|entra|microsoft/i, 'entra'],
  [/okta/i, 'okta'],
  [/onelogin/i, 'onelogin'],
  [/jumpcloud/i, 'jumpcloud'],
  [/ping ?(?:one|fed|identity)/i, 'ping'],
  [/google/i, 'google'],
]

/** Returns the product. @param userAgent of a request; it can be forged, so it must never decide more than a text */
export function kindOf(userAgent: string | undefined): IdpKind {
  return AGENTS.find(([agent]) => agent.test(userAgent ?? ''))?.[1] ?? 'generic'
}
