// What an application is told of a user, in headers. Pure.

import type { GatewaySession } from '#access/gateway-session.ts'
import { TOKEN_SECONDS } from '#access/signing-keys.ts'

const GROUPS_BYTES = 6_000

/**
 * `Remote-User`, `Remote-Email`, `Remote-Name`, `Remote-Groups` (separated by commas). Values are printable ASCII: whatever
 * else a name has in it, and a comma in the name of a group, is percent-encoded. The token tells them as they are.
 */
export function identityHeaders(visitor: GatewaySession): Record<string, string> {
  const { userName, profile, groups } = visitor
  return {
    'remote-user': asciiValue(userName),
    'remote-email': asciiValue(profile.email ?? ''),
    'remote-name': asciiValue(profile.displayName ?? userName),
    'remote-groups': groupList(groups),
  }
}

/** Claims of the token that goes along. @see RFC 7519 §4.1 */
export function tokenClaims(visitor: GatewaySession, issuer: string, audience: string, now: Date): object {
  const { userId, userName, profile, groups, factorAgeSeconds } = visitor
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

/** As many as a header holds; the rest stands in the token. */
function groupList(groups: readonly string[]): string {
  let text = ''
  for (const group of groups) {
    const next = asciiValue(group).replaceAll(',', '%2C')
    if (text.length + next.length + 1 > GROUPS_BYTES) break
    text = text === '' ? next : `${text},${next}`
  }
  return text
}
