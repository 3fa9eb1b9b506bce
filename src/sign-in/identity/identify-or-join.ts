// Identifies the user, or creates one: with self-enrollment, someone who isn't provisioned becomes a user at the first sign-in.
// Later sign-ins keep the profile of such users up to date.
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

/** @throws {Conflict} another sign-in created the user first @throws {Invalid} the identity provider sent invalid values */
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
  // New users need a userName; an externalId belongs to a provisioning client.
  if (provider.enroll !== 'self' || named?.target !== 'userName') return unknown
  const userId = await joinUser(tx, auditContext, provider, resourceFromAssertion(assertion, named.value))
  if (userId === undefined) return identifyAfterConflict(tx, provider, assertion)
  // The user was created for this identifier, so no other can be linked.
  const user = { userId, userName: named.value }
  if (identifier && (await linkIdentifier(tx, auditContext, provider.id, user, identifier)))
    throw joinConflict()
  return { ...arrived, found: userId }
}

/** Another sign-in created a user with this name at the same moment: it may be the same user, or another one. */
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
  return new Conflict('userName', 'Another sign-in with this user name came first. Start again.')
}
