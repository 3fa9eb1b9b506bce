import { createDecipheriv, privateDecrypt } from 'node:crypto'
import { SamlError } from '#protocol/saml/elements.ts'
import type { Encrypted, EncryptedKey } from '#protocol/saml/encrypted-assertion.ts'

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Decrypts an assertion with whichever of our keys it was encrypted to. The text isn't trusted yet.
 * @param privateKeys PEM
 * @throws {SamlError} always the same, as a different error could reveal the key
 */
export function decryptAssertion({ cipher, data, keys }: Encrypted, privateKeys: readonly string[]): string {
  const bytes = Buffer.from(data, 'base64')
  for (const privateKey of privateKeys) {
    for (const key of keys) {
      const text = decryptWith(bytes, cipher, key, privateKey)
      if (text !== undefined) return text
    }
  }
  throw new SamlError('the EncryptedAssertion does not open with a key of ours')
}

function decryptWith(
  bytes: Buffer,
  cipher: Encrypted['cipher'],
  { hash, data }: EncryptedKey,
  privateKey: string,
): string | undefined {
  try {
    const secret = privateDecrypt({ key: privateKey, oaepHash: hash }, Buffer.from(data, 'base64'))
    const decipher = createDecipheriv(cipher, secret, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
    return new TextDecoder('utf-8', { fatal: true }).decode(text)
  } catch {
    return undefined
  }
}
