// The keys by which the gateway signs what it tells applications: one for each tenant, made when it is first needed.
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUIDv7, sign } from 'node:crypto'
import type { Database } from '#platform/database.ts'
import type { Seal } from '#platform/seal.ts'
import { sql } from '#platform/sql.ts'

export interface GatewayKeys {
  /** A compact JWS. @see RFC 7515 §3.1, RFC 7518 §3.4 (ES256) */
  sign(tenantId: string, claims: object): Promise<string>
  /** For `jwks.json`. @see RFC 7517 §5 */
  publicKeys(tenantId: string): Promise<object[]>
}

interface SigningKey {
  readonly id: string
  readonly key: KeyObject
}

interface KeptKey {
  readonly id: string
  readonly sealed: Buffer
  readonly jwk: object
}

export function openGatewayKeys(db: Database, seal: Seal): GatewayKeys {
  const known = new Map<string, Promise<SigningKey>>()

  async function load(tenantId: string): Promise<SigningKey> {
    const [kept = await makeOne(tenantId)] = await list(tenantId)
    const text = seal.open(kept.sealed, { tenantId, column: 'gateway_key.private_key', row: kept.id })
    return { id: kept.id, key: createPrivateKey(text) }
  }

  async function makeOne(tenantId: string): Promise<KeptKey> {
    await make(tenantId, seal, db)
    const [oldest] = await list(tenantId)
    if (!oldest) throw new Error('the new key of the gateway is not there')
    return oldest
  }

  function list(tenantId: string): Promise<KeptKey[]> {
    return db.run<KeptKey>(
      { tenantId },
      sql`select id, private_key as sealed, public_jwk as jwk from gateway_key where tenant_id = ${tenantId}
        order by created_at, id limit 10`,
    )
  }

  function keyOf(tenantId: string): Promise<SigningKey> {
    const key = known.get(tenantId) ?? load(tenantId)
    known.set(tenantId, key)
    key.catch(() => known.delete(tenantId))
    return key
  }

  return {
    async sign(tenantId, claims) {
      const { id, key } = await keyOf(tenantId)
      const head = encode({ alg: 'ES256', typ: 'JWT', kid: id })
      const signed = `${head}.${encode(claims)}`
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
    async publicKeys(tenantId) {
      await keyOf(tenantId)
      return (await list(tenantId)).map(({ id, jwk }) => ({ ...jwk, kid: id, use: 'sig', alg: 'ES256' }))
    },
  }
}

/** Of two processes that make one at the same moment, both are good: the older signs, and both are published. */
async function make(tenantId: string, seal: Seal, db: Database): Promise<void> {
  const id = randomUUIDv7()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const sealed = seal.seal(text, { tenantId, column: 'gateway_key.private_key', row: id })
  await db.run(
    { tenantId },
    sql`insert into gateway_key (id, tenant_id, private_key, public_jwk)
      select ${id}::uuid, ${tenantId}::uuid, ${sealed}::bytea, ${JSON.stringify(publicKey.export({ format: 'jwk' }))}::jsonb
      where not exists (select from gateway_key where tenant_id = ${tenantId})`,
  )
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
