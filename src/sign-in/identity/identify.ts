// Which user of an identity provider signs in. A stable identifier that was linked at the first sign-in decides; without
// one, the provider's rule finds the user by name, at each sign-in anew. Never by an email address alone, never at another
// identity provider or tenant, never by an internal id.
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Assertion } from './assertion.ts'
import { type IdentifierKind, receivedIdentifier, type StableIdentifier } from './identifier.ts'
import {
  isExactMatch,
  type LookupName,
  lookupName,
  nameCondition,
  usesTransientNameId,
} from './lookup-name.ts'
import type { RefusedIdentity } from './refused-identity.ts'

export type Identified = { readonly kind?: IdentifierKind; readonly identifier?: StableIdentifier } & (
  | {
      readonly found: string
      /** What the user is called at the identity provider now, where that is a userName which nobody else has. */
      readonly userName?: string
    }
  /** Nobody is linked, and nobody has this name. */
  | { readonly unknown: LookupName | undefined }
  | Omit<RefusedIdentity, 'name' | 'identifier'>
)

export async function identify(
  tx: TenantTx,
  provider: IdentityProvider,
  assertion: Assertion,
): Promise<Identified> {
  const arrived = receivedIdentifier(provider, assertion)
  if (!arrived) return { denied: 'identifier-missing' }
  const { identifier } = arrived
  const isTransient = usesTransientNameId(provider, assertion)
  if (isTransient && !identifier) return { ...arrived, denied: 'transient-name-id' }
  const named = isTransient ? undefined : lookupName(provider, assertion)
  return {
    ...arrived,
    ...decideIdentity(identifier, named, await findCandidates(tx, provider.id, identifier, named)),
  }
}

interface Candidates {
  /** To whom the identifier is linked. */
  readonly linkedTo: string | null
  /** The user of that name, or of one that looks like it. */
  readonly id: string | null
  readonly userName: string | null
  readonly provisioned: boolean | null
  /** Whether an identifier is linked to that user. */
  readonly isLinked: boolean
  /** Whether other users have the same externalId. */
  readonly isAmbiguous: boolean
}

function decideIdentity(
  identifier: StableIdentifier | undefined,
  named: LookupName | undefined,
  seen: Candidates,
) {
  const { linkedTo, id } = seen
  if (seen.isAmbiguous) return { denied: 'ambiguous-external-id' } as const
  const isSame = named !== undefined && id !== null && isExactMatch(named, seen.userName ?? '')
  if (linkedTo !== null) return decideLinkedUser(linkedTo, named, seen, isSame)
  if (id === null) return { unknown: named }
  if (!isSame) return { denied: 'look-alike', namedUserId: id } as const
  const isAnothers = identifier !== undefined && seen.isLinked
  return isAnothers ? ({ denied: 'linked-to-another', namedUserId: id } as const) : { found: id }
}

/**
 * Another user of that name is a conflict, since one of the two is out of date. One who only ever signed in has the name that
 * their own identifier last came with, which says nothing about this identifier.
 */
function decideLinkedUser(
  linkedTo: string,
  named: LookupName | undefined,
  seen: Candidates,
  isSame: boolean,
) {
  const { id, provisioned, isLinked } = seen
  const isOther = id !== null && id !== linkedTo
  if (isOther && isSame && (provisioned || !isLinked))
    return { denied: 'names-another-user', namedUserId: id, linkedUserId: linkedTo } as const
  const userName = named?.target === 'userName' && !isOther ? named.value : undefined
  return { found: linkedTo, ...(userName !== undefined && { userName }) }
}

/** The user who is named stays as they are until the transaction ends, so that they are not renamed meanwhile. */
async function findCandidates(
  tx: TenantTx,
  idpId: string,
  identifier: StableIdentifier | undefined,
  named: LookupName | undefined,
): Promise<Candidates> {
  const { issuer, source, value } = identifier ?? { issuer: null, source: null, value: null }
  const [seen] = await tx.query<Candidates>(
    sql`with named as materialized (
        select u.id, u.user_name, u.provisioned from directory_user u
        where u.idp_id = ${idpId} and u.tenant_id = ${tx.tenantId} and ${named ? nameCondition(named) : sql`false`}
        limit 2 for key share)
      select n.id, n.user_name as "userName", n.provisioned, (select count(*) from named) > 1 as "isAmbiguous",
        exists (select from user_identity l where l.user_id = n.id and l.tenant_id = ${tx.tenantId}) as "isLinked",
        (select l.user_id from user_identity l
          where l.idp_id = ${idpId} and l.source = ${source} and l.identifier = ${value} and l.issuer = ${issuer}
            and l.tenant_id = ${tx.tenantId}) as "linkedTo"
      from (select) one left join named n on true limit 1`,
  )
  return seen as Candidates
}
