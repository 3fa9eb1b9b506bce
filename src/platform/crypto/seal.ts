// Encrypts secrets that must be read again, such as client secrets, before they go into the database: AES-256-GCM, bound to their
// tenant, column and row, with a key that isn't in the database. This folder owns the sealing key, seals and tokens; it doesn't
// own passwords (src/factors). Start with this file.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Seal {
  /** Eight bytes that identify a key and reveal nothing about it. */
  readonly keyId: Buffer
  seal(text: string, place: Place): Buffer
  /** @throws when the value was sealed with another key or for another place, or was altered */
  open(sealed: Uint8Array, place: Place): string
}

/** The place of a sealed value. A value that was moved to another place can't be opened. */
export interface Place {
  readonly tenantId: string
  readonly column: string
  readonly row: string
}

// version (1) · key id (8) · nonce (12) · tag (16) · ciphertext
const VERSION = 1
const KEY_ID_END = 9
const NONCE_END = 21
const TAG_END = 37

/** @param secret at least 32 random characters; the key is derived from it */
export function createSeal(secret: string): Seal {
  const key = derived(secret, 'doorlist seal', 32)
  const keyId = derived(secret, 'doorlist key id', 8)
  return {
    keyId,
    seal(text, place) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated(place))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), keyId, nonce, cipher.getAuthTag(), ciphertext])
    },
    open(bytes, place) {
      const sealed = Buffer.from(bytes)
      if (sealed[0] !== VERSION || sealed.length < TAG_END) throw new Error('this is no sealed value')
      if (!keyIdOf(sealed).equals(keyId)) throw new Error('this value was sealed with another secret key')
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(KEY_ID_END, NONCE_END), {
        authTagLength: 16,
      })
      decipher.setAAD(associated(place)).setAuthTag(sealed.subarray(NONCE_END, TAG_END))
      return Buffer.concat([decipher.update(sealed.subarray(TAG_END)), decipher.final()]).toString('utf8')
    },
  }
}

function derived(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.trim(), '', purpose, bytes))
}

/** Returns the id of the key that a value was sealed with. */
export function keyIdOf(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.subarray(1, KEY_ID_END))
}

function associated({ tenantId, column, row }: Place): Buffer {
  return Buffer.from(JSON.stringify([VERSION, tenantId, column, row]))
}
