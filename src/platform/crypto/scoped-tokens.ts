// Tokens of browsers and programs. Each has a prefix for its kind, the tenant (so that a lookup never leaves its scope), and 256
// random bits (so that SHA-256 is enough to store it, without a slow hash).
import { hash, randomBytes } from 'node:crypto'

export const PREFIX = {
  session: 'dlw',
  attempt: 'dln',
  apiKey: 'dlp',
  link: 'dli',
  userSession: 'dlu',
  userAttempt: 'dlg',
  applicationSession: 'dlv',
  ticket: 'dlx',
  device: 'dld',
  userLink: 'dlk',
} as const
export type ScopedTokenKind = keyof typeof PREFIX

const REST = /^_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/

export function newScopedToken(kind: ScopedTokenKind, tenantId: string): string {
  return `${PREFIX[kind]}_${tenantId.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`
}

/** Returns the tenant in a token; undefined if it isn't a token of this kind. */
export function tenantOfToken(kind: ScopedTokenKind, token: string): string | undefined {
  if (!token.startsWith(PREFIX[kind])) return undefined
  const hex = REST.exec(token.slice(PREFIX[kind].length))?.[1]
  return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Returns the digest that is stored for a token. */
export function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
