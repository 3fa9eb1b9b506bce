// Who signs in, and who joins by it: with self-service, somebody whom nobody has provisioned becomes a user. Of those the
// sign-in keeps the profile up to date, since nobody else does.
import type { AuditContext } from '#audit/record.ts'
import { joinUser, refreshJoinedUser } from '#directory/users/join.ts'
import { Conflict } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { resourceFromAssertion } from '../claims.ts'
import type { Assertion } from './assertion.ts'
import { type Identified, identify } from './identify.ts'
import { linkIdentifier } from './links.ts'
import { assertedName } from './lookup-name.ts'

/** @throws {Conflict} another sign-in is ahead by a moment @throws {Invalid} what was said of the user breaks a rule */
export async function identifyOrJoin(
  tx: TenantTx,
  auditContext: AuditContext,
  provider: IdentityProvider,
  assertion: Assertion,
): Promise<Identified> {
  const identified = await identify(tx, provider, assertion)
  if ('found' in identified) {
    const { found, userName } = identified
    const said = resourceFromAssertion(assertion, userName ?? assertedName(provider, assertion))
    await refreshJoinedUser(tx, auditContext, provider, found, said, userName !== undefined)
  }
  return 'unknown' in identified ? join(tx, auditContext, provider, assertion, identified) : identified
}

type Unknown = Extract<Identified, { unknown: unknown }>

async function join(
  tx: TenantTx,
  auditContext: AuditContext,
  provider: IdentityProvider,
  assertion: Assertion,
  unknown: Unknown,
): Promise<Identified> {
  const { unknown: named, ...arrived } = unknown
  const { identifier } = arrived
  // Only a userName can be the name of somebody new; an externalId belongs to a provisioning client.
  if (provider.enroll !== 'self' || named?.target !== 'userName') return unknown
  const userId = await joinUser(tx, auditContext, provider, resourceFromAssertion(assertion, named.value))
  if (userId === undefined) return identifyAfterConflict(tx, provider, assertion)
  // The user was made for this identifier, so nobody else may be linked to it.
  const user = { userId, userName: named.value }
  if (identifier && (await linkIdentifier(tx, auditContext, provider.id, user, identifier)))
    throw joinConflict()
  return { ...arrived, found: userId }
}

/** Another sign-in made a user of this name in the same moment: it may be the same user, or somebody else. */
async function identifyAfterConflict(
  tx: TenantTx,
  provider: IdentityProvider,
  assertion: Assertion,
): Promise<Identified> {
  const identified = await identify(tx, provider, assertion)
  if ('unknown' in identified) throw joinConflict()
  return identified
}

function joinConflict(): Conflict {
  return new Conflict('userName', 'Another sign-in with this user name was a moment earlier; begin again')
}
