import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Seal } from '#platform/crypto/seal.ts'

/** Creates a key pair for ES256, with the private key sealed for its row. */
export function newKeyPair(seal: Seal, tenantId: string, id: string): { sealed: Buffer; jwk: object } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return { sealed: seal.seal(text, placeOf(tenantId, id)), jwk: publicKey.export({ format: 'jwk' }) }
}

export function openPrivateKey(seal: Seal, tenantId: string, id: string, sealed: Buffer): KeyObject {
  return createPrivateKey(seal.open(sealed, placeOf(tenantId, id)))
}

function placeOf(tenantId: string, row: string) {
  return { tenantId, column: 'gateway_key.private_key', row }
}
