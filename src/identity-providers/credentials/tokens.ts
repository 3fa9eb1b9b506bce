import { hash, randomBytes } from 'node:crypto'

/** The kinds of secret text, told apart at sight (also by a secret scanner) by how they begin. */
export const PREFIX = { key: 'dlk_', secret: 'dls_', token: 'dlt_', accessToken: 'dla_' } as const
export type TokenKind = keyof typeof PREFIX

const BITS = 256
/** 32 bytes in base64url, without padding. */
const RANDOM_PART = /^[A-Za-z0-9_-]{43}$/

/** 256 random bits: cannot be guessed, so a plain SHA-256 of it can be kept instead of a slow hash. */
export function newToken(kind: TokenKind): string {
  return PREFIX[kind] + randomBytes(BITS / 8).toString('base64url')
}

export function isToken(kind: TokenKind, text: string): boolean {
  return text.startsWith(PREFIX[kind]) && RANDOM_PART.test(text.slice(PREFIX[kind].length))
}

/** What is kept of a secret: its SHA-256. */
export function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
