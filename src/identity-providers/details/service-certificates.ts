// The keys and certificates this service presents to a SAML identity provider. Each identity provider gets a pair of
// its own on first use. The oldest active one signs. Rotation creates a second one, which is in our metadata at once.
// It takes over when the administrator retires the old one, after giving the new one to the identity provider.
import 'reflect-metadata'
import { randomBytes, randomUUIDv7, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { type AuditContext, audited } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type IdentityProvider, lockProvider, named } from '../identity-providers.ts'

export interface ServiceCertificate {
  readonly id: string
  /** PEM. */
  readonly certificate: string
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Null while it is active. */
  readonly retiredAt: Date | null
}

export interface ServiceKey extends ServiceCertificate {
  /** PKCS #8 in PEM. */
  readonly privateKey: string
}

const YEARS = 5
const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const
const AT_A_TIME = 2
const MOST_LISTED = 20

type Provider = Pick<IdentityProvider, 'id' | 'tenantId' | 'name' | 'type'>

/** Returns the active keys, the signing one first. Creates the first key if there is none. */
export async function serviceKeys(db: Database, seal: Seal, provider: Provider): Promise<ServiceKey[]> {
  const { id, tenantId } = provider
  const known = await db.run<SealedCertificate>({ tenantId }, select(tenantId, id))
  if (known.length > 0) return known.map((one) => opened(seal, tenantId, one))
  const made = await makeCertificate(provider)
  const auditContext: AuditContext = { tenantId, actor: { type: 'system', name: 'sign-in' } }
  const all = await db.transaction({ tenantId }, async (tx) => {
    await lockProvider(tx, id)
    const meanwhile = await tx.query<SealedCertificate>(select(tenantId, id))
    if (meanwhile.length > 0) return meanwhile
    await insert(tx, seal, auditContext, provider, made)
    return tx.query<SealedCertificate>(select(tenantId, id))
  })
  return all.map((one) => opened(seal, tenantId, one))
}

/**
 * Lists certificates without their keys: the active ones, the signing one first, then the retired ones, newest first.
 */
export function listServiceCertificates(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<ServiceCertificate[]> {
  return db.run<ServiceCertificate>({ tenantId }, selectAll(tenantId, idpId))
}

/**
 * Creates another certificate beside the signing one, or the first if there is none.
 * @returns all certificates, in the order of `listServiceCertificates`
 * @throws {NotFound}
 * @throws {Refused} there are two already, or the identity provider isn't SAML
 */
export async function rotateServiceCertificate(
  db: Database,
  seal: Seal,
  auditContext: AuditContext,
  provider: Provider,
): Promise<ServiceCertificate[]> {
  const { tenantId } = auditContext
  if (provider.type !== 'saml')
    throw new Refused('Certificates of ours are for SAML identity providers alone')
  const made = await makeCertificate(provider)
  return db.transaction({ tenantId }, async (tx) => {
    await lockProvider(tx, provider.id)
    const good = await tx.query<SealedCertificate>(select(tenantId, provider.id))
    if (good.length >= AT_A_TIME)
      throw new Refused(`${provider.name} has two certificates already; retire the old one first`)
    await insert(tx, seal, auditContext, provider, made)
    return tx.query<ServiceCertificate>(selectAll(tenantId, provider.id))
  })
}

/**
 * Retires a certificate, so that the other one signs from now on.
 * @returns all certificates, in the order of `listServiceCertificates`
 * @throws {NotFound}
 * @throws {Refused} it is the only active one
 */
export async function retireServiceCertificate(
  db: Database,
  auditContext: AuditContext,
  provider: Provider,
  id: string,
): Promise<ServiceCertificate[]> {
  const { tenantId } = auditContext
  return db.transaction({ tenantId }, async (tx) => {
    await lockProvider(tx, provider.id)
    const good = await tx.query<SealedCertificate>(select(tenantId, provider.id))
    const old = good.find((one) => one.id === id)
    if (!old) throw new NotFound(`There is no certificate ${id} of ours for this identity provider`)
    if (good.length === 1) throw new Refused('This is the only certificate; make another one first')
    const update = sql`update service_certificate set retired_at = now()
      where id = ${id} and tenant_id = ${tenantId} returning id`
    const change = { before: { serviceCertificate: fingerprint(old.certificate) } }
    await tx.query(audited(auditContext, update, { action: 'update', ...named(provider), change }))
    return tx.query<ServiceCertificate>(selectAll(tenantId, provider.id))
  })
}

interface SealedCertificate extends ServiceCertificate {
  readonly sealed: Buffer
}

const COLUMNS = sql`id, certificate, created_at as "createdAt", expires_at as "expiresAt", retired_at as "retiredAt"`

function select(tenantId: string, idpId: string) {
  return sql`select ${COLUMNS}, private_key as sealed
    from service_certificate where idp_id = ${idpId} and tenant_id = ${tenantId} and retired_at is null order by id`
}

function selectAll(tenantId: string, idpId: string) {
  return sql`select ${COLUMNS} from service_certificate where idp_id = ${idpId} and tenant_id = ${tenantId}
    order by retired_at desc nulls first, id limit ${MOST_LISTED}`
}

function opened(seal: Seal, tenantId: string, { sealed, ...certificate }: SealedCertificate): ServiceKey {
  return { ...certificate, privateKey: seal.open(sealed, placeOf(tenantId, certificate.id)) }
}

function placeOf(tenantId: string, row: string) {
  return { tenantId, column: 'service_certificate.private_key', row }
}

interface Made {
  readonly certificate: string
  readonly privateKey: string
  readonly expiresAt: Date
}

async function insert(
  tx: TenantTx,
  seal: Seal,
  auditContext: AuditContext,
  provider: Provider,
  { certificate, privateKey, expiresAt }: Made,
): Promise<void> {
  const id = randomUUIDv7()
  const sealed = seal.seal(privateKey, placeOf(tx.tenantId, id))
  const statement = sql`insert into service_certificate (id, tenant_id, idp_id, certificate, private_key, expires_at)
    values (${id}, ${tx.tenantId}, ${provider.id}, ${certificate}, ${sealed}, ${expiresAt}) returning id`
  const change = { after: { serviceCertificate: fingerprint(certificate) } }
  await tx.query(audited(auditContext, statement, { action: 'update', ...named(provider), change }))
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256
}

/** Creates a self-signed certificate. The identity provider trusts it because it is in our metadata. */
async function makeCertificate({ id }: Provider): Promise<Made> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const notBefore = new Date()
  const expiresAt = new Date(notBefore)
  expiresAt.setFullYear(notBefore.getFullYear() + YEARS)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(16).toString('hex')}`, // the prefix keeps it positive
    name: `CN=Doorlist ${id}`,
    notBefore,
    notAfter: expiresAt,
    keys,
    signingAlgorithm: ALGORITHM,
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const lines = pkcs8.match(/.{1,64}/g) ?? []
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
  return { certificate: new X509Certificate(certificate.toString('pem')).toString(), privateKey, expiresAt }
}
