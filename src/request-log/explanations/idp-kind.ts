// Which product an identity provider is, as far as its requests tell: consoles differ, and so does where to look in them.

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

/** @param userAgent of one of its requests; it proves nothing, and nothing hangs on it */
export function kindOf(userAgent: string | undefined): IdpKind {
  return AGENTS.find(([agent]) => agent.test(userAgent ?? ''))?.[1] ?? 'generic'
}
