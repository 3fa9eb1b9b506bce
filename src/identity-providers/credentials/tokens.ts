import { hash, randomBytes } from 'node:crypto'

/** Prefixes that tell the kinds of secrets apart at a glance, and for secret scanners. */
export const PREFIX = { key: 'dlk_', secret: 'dls_', token: 'dlt_', accessToken: 'dla_' } as const
export type TokenKind = keyof typeof PREFIX

const BITS = 256
/** 32 bytes in base64url without padding. */
const RANDOM_PART = /^[A-Za-z0-9_-]{43}$/

/**
 * Creates a secret of 256 random bits. It can't be guessed, so a plain SHA-256 can be stored instead of a slow hash.
 */
export function newToken(kind: TokenKind): string {
  return PREFIX[kind] + randomBytes(BITS / 8).toString('base64url')
}

export function isToken(kind: TokenKind, text: string): boolean {
  return text.startsWith(PREFIX[kind]) && RANDOM_PART.test(text.slice(PREFIX[kind].length))
}

/** Returns the SHA-256 of a secret, which is all that is stored. */
export function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
