// Passwords of the people whose identity provider is this service.
import { audited, type Witness } from '#audit/record.ts'
import { Invalid, Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { caseKey } from '#protocol/scim/text.ts'
import { userNameKey } from '#protocol/scim/user-name.ts'
import { type KeptPassword, keepPassword, readPassword, verifyPassword } from '#tenancy/passwords.ts'
import { countedTry, forgetTries, giveTryBack, type Tried } from '#tenancy/throttle.ts'
import { forgetDevices } from './devices.ts'
import { endSessionsOf } from './sessions.ts'
import { lockUser } from './standing.ts'

export interface LocalUser {
  readonly id: string
  readonly userName: string
  readonly email: string | null
  readonly hash: string | null
  readonly isLong: boolean
}

/**
 * By userName, or by an e-mail address that only one has.
 * @returns undefined also when it is not clear who is meant
 */
export async function findLocalUser(
  db: Database,
  { id: idpId, tenantId }: Pick<IdentityProvider, 'id' | 'tenantId'>,
  name: string,
): Promise<LocalUser | undefined> {
  const key = caseKey(name.trim())
  const nameKey = userNameKey(name.trim())
  const found = await db.run<LocalUser & { byName: boolean }>(
    { tenantId },
    sql`select u.id, u.user_name as "userName", u.profile->>'email' as email, p.hash,
        coalesce(p.is_long, true) as "isLong", u.user_name_key = ${nameKey} as "byName"
      from directory_user u left join user_password p on p.user_id = u.id
      where u.idp_id = ${idpId} and u.tenant_id = ${tenantId} and u.deleted_at is null
        and (u.user_name_key = ${nameKey} or u.emails @> array[${key}]::text[])
      order by "byName" desc, u.id limit 2`,
  )
  const [first, second] = found
  return first?.byName || second === undefined ? first : undefined
}

/** What tries of one name at one identity provider are counted under, whether there is such a person or not. */
export function triedName(idpId: string, name: string): Pick<Tried, 'who'> {
  return { who: `${idpId} ${caseKey(name.trim())}` }
}

export interface Attempted {
  readonly name: string
  readonly password: string
  readonly sourceAddress: string
}

/** @throws {Unauthenticated} in the same words and with the same work, whatever is wrong @throws {Throttled} */
export async function checkPassword(
  db: Database,
  provider: Pick<IdentityProvider, 'id' | 'tenantId'>,
  { name, password, sourceAddress }: Attempted,
): Promise<LocalUser> {
  const account = { what: 'password', ...triedName(provider.id, name) } as const
  const address = { what: 'address', who: sourceAddress } as const
  const user = await countedTry(db, [address, account], async () => {
    const found = await findLocalUser(db, provider, name)
    return (await verifyPassword(password, found?.hash ?? undefined)) ? found : undefined
  })
  if (!user) throw wrongPassword()
  await Promise.all([forgetTries(db, account), giveTryBack(db, address)])
  return user
}

/**
 * Holds the password that was compared: whoever changes it waits, and then ends what was begun with it.
 * @throws {Unauthenticated} it was changed meanwhile
 */
export async function holdPassword(
  tx: TenantTx,
  { id, hash }: Pick<LocalUser, 'id' | 'hash'>,
): Promise<void> {
  const held = await tx.query(
    sql`select user_id from user_password where user_id = ${id} and tenant_id = ${tx.tenantId} and hash = ${hash}
      for share`,
  )
  if (held.length === 0) throw wrongPassword()
}

function wrongPassword(): Unauthenticated {
  return new Unauthenticated('User name or password is wrong.')
}

/** Short passwords are good only where a second factor is always asked for. */
export function ruleFor({ mfa }: Pick<IdentityProvider, 'mfa'>): { withFactor: boolean } {
  return { withFactor: mfa === 'mandatory' }
}

/** @param keep a session that goes on; every other one ends, and no browser is remembered any more */
export async function setPassword(
  tx: TenantTx,
  witness: Witness,
  { id, userName }: Pick<LocalUser, 'id' | 'userName'>,
  { hash, isLong }: KeptPassword,
  keep?: string,
): Promise<void> {
  const write = sql`insert into user_password (user_id, tenant_id, hash, is_long)
    values (${id}, ${tx.tenantId}, ${hash}, ${isLong})
    on conflict (user_id) do update set hash = excluded.hash, is_long = excluded.is_long, changed_at = now()
    returning user_id`
  await tx.query(
    audited(witness, write, {
      action: 'update',
      objectType: 'User',
      objectId: id,
      objectName: userName,
      change: { after: { password: 'set' } },
    }),
  )
  await endSessionsOf(tx, id, keep)
  await tx.query(sql`delete from user_link where user_id = ${id} and tenant_id = ${tx.tenantId}`)
  await forgetDevices(tx, id)
}

/** By the person, who knows the one from before. @throws {Unauthenticated} {Throttled} {Invalid} `password` */
export async function changePassword(
  db: Database,
  witness: Witness,
  provider: IdentityProvider,
  own: { readonly userName: string; readonly sessionId: string },
  input: { readonly current: string; readonly password: string; readonly sourceAddress: string },
): Promise<void> {
  readPassword(input.password, ruleFor(provider)) // what no password may be is said before the old one is looked at
  const { userName: name, sessionId } = own
  const { current, password, sourceAddress } = input
  const user = await checkPassword(db, provider, { name, password: current, sourceAddress }).catch(
    (error) => {
      throw error instanceof Unauthenticated ? new Invalid('current', 'is wrong') : error
    },
  )
  if (password === current) throw new Invalid('password', 'is the one that you have')
  const kept = await keepPassword(password, { ...ruleFor(provider), about: [user.userName, user.email] })
  await db.transaction({ tenantId: provider.tenantId }, async (tx) => {
    await lockUser(tx, user.id)
    await holdPassword(tx, user)
    await demandSession(tx, sessionId)
    await setPassword(tx, witness, user, kept, sessionId)
  })
}

/** @throws {Unauthenticated} it ended meanwhile */
async function demandSession(tx: TenantTx, sessionId: string): Promise<void> {
  const there = sql`select id from user_session where id = ${sessionId} and tenant_id = ${tx.tenantId} for update`
  if ((await tx.query(there)).length === 0) throw new Unauthenticated('Sign in again')
}
