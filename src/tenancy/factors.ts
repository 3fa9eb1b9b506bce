// The second factors of an administrator: an authenticator app, passkeys, and recovery codes for when those are lost.
import { audited, record, type Witness } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import type { Queryable, TenantTx } from '#platform/database.ts'
import { raw, sql } from '#platform/sql.ts'
import { type PasskeyTools, type ProvenPasskey, proveNewPasskey, storePasskey } from './passkeys.ts'
import { issueRecoveryCodes } from './recovery-codes.ts'
import { type ProvenTotp, proveNewTotp, storeTotp, type TotpTools } from './totp.ts'

export type FactorTools = TotpTools & PasskeyTools

export interface Owner {
  readonly id: string
  readonly email: string
}

/** The second half of an enrolment, as the page sends it. */
export type Enrolled =
  | { readonly enrolmentId: string; readonly code: string }
  | { readonly enrolmentId: string; readonly credential: object; readonly name?: string }

export type ProvenFactor = ProvenTotp | ProvenPasskey

export interface Factors {
  readonly totp: { readonly createdAt: Date; readonly lastUsedAt: Date | null } | null
  readonly passkeys: readonly Passkey[]
  readonly recoveryCodes: number
}

export interface Passkey {
  readonly id: string
  readonly name: string
  /** The host that it works at. */
  readonly rpId: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

export function proveNewFactor(
  tools: FactorTools,
  tenantId: string,
  boundTo: string,
  enrolled: Enrolled,
): Promise<ProvenFactor> {
  return 'code' in enrolled
    ? proveNewTotp(tools, tenantId, boundTo, enrolled)
    : proveNewPasskey(tools, tenantId, boundTo, enrolled)
}

/** @returns recovery codes, when this is the first factor */
export async function addFactor(
  tx: TenantTx,
  { seal }: FactorTools,
  witness: Witness,
  owner: Owner,
  proven: ProvenFactor,
): Promise<string[] | undefined> {
  await lockAdministrator(tx, owner.id)
  const { totp, passkeys } = await readFactors(tx, tx.tenantId, owner.id)
  if (proven.kind === 'totp') await storeTotp(tx, seal, witness, owner, proven)
  else await storePasskey(tx, witness, owner, proven)
  return totp || passkeys.length > 0 ? undefined : issueRecoveryCodes(tx, witness, owner)
}

/** @throws {NotFound} */
export async function removeTotp(tx: TenantTx, witness: Witness, owner: Owner): Promise<void> {
  await lockAdministrator(tx, owner.id)
  const gone = sql`delete from administrator_totp where administrator_id = ${owner.id} and tenant_id = ${tx.tenantId}
    returning administrator_id`
  const change = { before: { kind: 'authenticator app' } }
  const fact = {
    action: 'delete',
    objectType: 'Factor',
    objectId: owner.id,
    objectName: owner.email,
    change,
  } as const
  if ((await tx.query(audited(witness, gone, fact))).length === 0)
    throw new NotFound('There is no authenticator app')
  await demandEnough(tx, owner.id)
}

/** @throws {NotFound} */
export async function removePasskey(tx: TenantTx, witness: Witness, owner: Owner, id: string): Promise<void> {
  await lockAdministrator(tx, owner.id)
  const gone = sql`delete from administrator_passkey
    where id = ${id} and administrator_id = ${owner.id} and tenant_id = ${tx.tenantId} returning name`
  const change = raw(
    `jsonb_build_object('before', jsonb_build_object('kind', 'passkey', 'name', changed.name))::text`,
  )
  const fact = {
    action: 'delete',
    objectType: 'Factor',
    objectId: id,
    objectName: owner.email,
    change,
  } as const
  if ((await tx.query(audited(witness, gone, fact))).length === 0)
    throw new NotFound('There is no such passkey')
  await demandEnough(tx, owner.id)
}

/** Takes every factor away, for somebody who has lost them all. @returns how many there were, recovery codes aside */
export async function clearFactors(tx: TenantTx, witness: Witness, owner: Owner): Promise<number> {
  const { totp, passkeys } = await readFactors(tx, tx.tenantId, owner.id)
  for (const table of ['administrator_totp', 'administrator_passkey', 'administrator_recovery_code'])
    await tx.query(
      sql`delete from ${raw(table)} where administrator_id = ${owner.id} and tenant_id = ${tx.tenantId}`,
    )
  const count = passkeys.length + (totp ? 1 : 0)
  await record(tx, witness, {
    action: 'delete',
    objectType: 'Factor',
    objectId: owner.id,
    objectName: owner.email,
    change: { before: { authenticatorApp: totp !== null, passkeys: passkeys.map(({ name }) => name) } },
  })
  return count
}

/** Whoever changes a password or a factor waits for the other: the rule below holds for both together. */
export async function lockAdministrator(tx: TenantTx, id: string): Promise<void> {
  const found = await tx.query(
    sql`select id from administrator where id = ${id} and tenant_id = ${tx.tenantId} for update`,
  )
  if (found.length === 0) throw new NotFound('There is no such administrator')
}

/** A short password is good only with a second factor; without any, recovery codes have nothing to recover. */
async function demandEnough(tx: TenantTx, administratorId: string): Promise<void> {
  const { totp, passkeys } = await readFactors(tx, tx.tenantId, administratorId)
  if (totp || passkeys.length > 0) return
  const [{ isLong } = { isLong: false }] = await tx.query<{ isLong: boolean }>(
    sql`select password_is_long as "isLong" from administrator
      where id = ${administratorId} and tenant_id = ${tx.tenantId}`,
  )
  if (!isLong)
    throw new Refused(
      'Your password has fewer than 15 characters, so it needs a second factor. Choose a longer password first, or add another factor.',
    )
  await tx.query(
    sql`delete from administrator_recovery_code where administrator_id = ${administratorId}
      and tenant_id = ${tx.tenantId}`,
  )
}

/** One statement; everything in it is found by the administrator's id. */
export async function readFactors(q: Queryable, tenantId: string, administratorId: string): Promise<Factors> {
  const [found] = await q.query<Factors>(
    sql`select
      (select jsonb_build_object('createdAt', t.created_at, 'lastUsedAt', t.last_used_at) from administrator_totp t
        where t.administrator_id = ${administratorId} and t.tenant_id = ${tenantId}) as totp,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'rpId', p.rp_id,
          'createdAt', p.created_at, 'lastUsedAt', p.last_used_at) order by p.id), '[]')
        from administrator_passkey p
        where p.administrator_id = ${administratorId} and p.tenant_id = ${tenantId}) as passkeys,
      (select count(*)::integer from administrator_recovery_code c
        where c.administrator_id = ${administratorId} and c.tenant_id = ${tenantId}) as "recoveryCodes"`,
  )
  if (!found) throw new Error('factors were not answered')
  return {
    totp: found.totp && withDates(found.totp),
    passkeys: found.passkeys.map(withDates),
    recoveryCodes: found.recoveryCodes,
  }
}

/** Times come out of JSON as text. */
function withDates<Row extends { createdAt: Date; lastUsedAt: Date | null }>(row: Row): Row {
  return {
    ...row,
    createdAt: new Date(row.createdAt),
    lastUsedAt: row.lastUsedAt && new Date(row.lastUsedAt),
  }
}

export function hasFactor({ totp, passkeys }: Factors): boolean {
  return totp !== null || passkeys.length > 0
}
