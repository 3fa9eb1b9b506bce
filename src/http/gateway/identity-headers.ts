// The headers and the signed token that tell an application who its user is. Pure.

import type { GatewaySession } from '#access/gateway-session.ts'
import { TOKEN_SECONDS } from '#access/signing-keys.ts'

const GROUPS_BYTES = 6_000

/**
 * Returns `Remote-User`, `Remote-Email`, `Remote-Name` and `Remote-Groups` (separated by commas). Values are printable ASCII:
 * other characters, and commas in group names, are percent-encoded. The token has the values unchanged.
 */
export function identityHeaders(session: GatewaySession): Record<string, string> {
  const { userName, profile, groups } = session
  return {
    'remote-user': asciiValue(userName),
    'remote-email': asciiValue(profile.email ?? ''),
    'remote-name': asciiValue(profile.displayName ?? userName),
    'remote-groups': groupList(groups),
  }
}

/** Returns the claims of `Remote-Token`. @see RFC 7519 §4.1 */
export function tokenClaims(session: GatewaySession, issuer: string, audience: string, now: Date): object {
  const { userId, userName, profile, groups, factorAgeSeconds } = session
  const seconds = Math.floor(now.getTime() / 1_000)
  return {
    iss: issuer,
    aud: audience,
    sub: userId,
    iat: seconds,
    exp: seconds + TOKEN_SECONDS,
    preferred_username: userName,
    ...(profile.email !== undefined && { email: profile.email }),
    ...(profile.displayName !== undefined && { name: profile.displayName }),
    groups,
    amr: factorAgeSeconds === null ? ['fed'] : ['fed', 'mfa'],
  }
}

function asciiValue(text: string): string {
  return text.replace(/[^\x20-\x7e]|%/gu, (letter) =>
    encodeURIComponent(letter.isWellFormed() ? letter : '\ufffd'),
  )
}

/** As many groups as fit into a header; the token has all of them. */
function groupList(groups: readonly string[]): string {
  let text = ''
  for (const group of groups) {
    const next = asciiValue(group).replaceAll(',', '%2C')
    if (text.length + next.length + 1 > GROUPS_BYTES) break
    text = text === '' ? next : `${text},${next}`
  }
  return text
}
