// Secrets that must be read again (a client secret, say) lie sealed in the database: AES-256-GCM, bound to the tenant,
// column and row they stand in, under a key that is not in the database.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Seal {
  /** Eight bytes that tell one key from another, and nothing of the key. */
  readonly keyId: Buffer
  seal(text: string, place: Place): Buffer
  /** @throws when it was sealed with another key, for another place, or was altered */
  open(sealed: Uint8Array, place: Place): string
}

/** Where a sealed value stands; moved elsewhere, it does not open. */
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

/** @param secret at least 32 characters that nobody can guess; the key is derived from it */
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

/** The id of the key that a value was sealed with. */
export function keyIdOf(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.subarray(1, KEY_ID_END))
}

function associated({ tenantId, column, row }: Place): Buffer {
  return Buffer.from(JSON.stringify([VERSION, tenantId, column, row]))
}
