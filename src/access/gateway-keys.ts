import { type KeyObject, sign } from 'node:crypto'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { openPrivateKey } from './key-pair.ts'
import { ensureSigningKey, listSigningKeys } from './signing-keys.ts'

/** Signs tokens with tenants' keys, and publishes the keys. */
export interface GatewayKeys {
  /**
   * Returns a compact JWS.
   * @param keyId the current signing key, read with this request; null: none was created yet
   * @see RFC 7515 §3.1, RFC 7518 §3.4 (ES256)
   */
  sign(tenantId: string, keyId: string | null, claims: object): Promise<string>
  /** Returns the keys for `jwks.json`. @see RFC 7517 §5 */
  publicKeys(tenantId: string): Promise<object[]>
}

/** Keys that are cached in a process. */
const MOST_HELD = 1_000

export function openGatewayKeys(db: Database, seal: Seal): GatewayKeys {
  // By id. A key never changes, and requests don't name revoked ones.
  const held = new Map<string, Promise<KeyObject | undefined>>()

  async function load(tenantId: string, id: string): Promise<KeyObject | undefined> {
    const [kept] = await db.run<{ sealed: Buffer }>(
      { tenantId },
      sql`select private_key as sealed from gateway_key where id = ${id} and tenant_id = ${tenantId}`,
    )
    return kept && openPrivateKey(seal, tenantId, id, kept.sealed)
  }

  async function keyOf(tenantId: string, id: string): Promise<KeyObject | undefined> {
    const known = held.get(id) ?? load(tenantId, id)
    held.set(id, known)
    const [oldest] = held.keys()
    if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest)
    try {
      const key = await known
      if (!key) held.delete(id)
      return key
    } catch (error) {
      held.delete(id)
      throw error
    }
  }

  async function signingKey(tenantId: string, keyId: string | null): Promise<{ id: string; key: KeyObject }> {
    const key = keyId === null ? undefined : await keyOf(tenantId, keyId)
    if (keyId !== null && key) return { id: keyId, key }
    // The first key, or the one that replaces a key revoked just now.
    const id = await ensureSigningKey(db, seal, tenantId)
    const current = await keyOf(tenantId, id)
    if (!current) throw new Error('the signing key was revoked while it was being read')
    return { id, key: current }
  }

  return {
    async sign(tenantId, keyId, claims) {
      const { id, key } = await signingKey(tenantId, keyId)
      const head = encode({ alg: 'ES256', typ: 'JWT', kid: id })
      const signed = `${head}.${encode(claims)}`
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
    async publicKeys(tenantId) {
      const keys = await listSigningKeys(db, tenantId)
      if (keys.length === 0) {
        await ensureSigningKey(db, seal, tenantId)
        keys.push(...(await listSigningKeys(db, tenantId)))
      }
      return keys.map(({ id, jwk }) => ({ ...jwk, kid: id, use: 'sig', alg: 'ES256' }))
    },
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
