// Which user of an identity provider somebody is who was vouched for by it. The pair (issuer, subject) that was linked at
// the first sign-in is the key; before there is one, the identity provider's explicit rule finds the user. Never an
// e-mail address alone, never another identity provider or tenant, never an internal id.

import type { TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import type { NameId } from '#protocol/saml/assertion.ts'
import { caseKey } from '#protocol/scim/text.ts'

/** What an identity provider said of somebody, verified. */
export interface Assertion {
  readonly issuer: string
  /** NameID, or `sub`. */
  readonly subject: string
  /** Claims, or assertion attributes, by their names. */
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** When the user entered their credentials at the identity provider; undefined: it does not say. */
  readonly authenticatedAt?: Date
  /** How the identity provider knows the session, for its logout requests. */
  readonly sessionIndex?: string
  /** saml: as it was said, which is not always what the person is known by. */
  readonly nameId?: NameId
  /** saml: when the identity provider ends the session. */
  readonly sessionNotOnOrAfter?: Date
  /** oidc */
  readonly amr?: readonly string[]
  /** oidc */
  readonly acr?: string
  /** oidc: the provider says that the address may be anybody's. @see OpenID Connect Core §5.1 */
  readonly emailUnverified?: true
  /** saml */
  readonly authnContext?: string
}

/** The value of the sign-in that names a provisioned user, and the attribute of the user that it names. */
export interface MatchingRule {
  readonly source: string
  readonly target: 'userName' | 'externalId'
}

export type Match =
  | { readonly found: string }
  /** Nobody is linked and nobody matches: a first visit, or somebody who is not on the list. */
  | { readonly unknown: string | undefined }
  /** The rule names a user to whom another identity of this identity provider is linked: a name that was used again. */
  | { readonly taken: string }

export async function identify(
  tx: TenantTx,
  idpId: string,
  assertion: Assertion,
  rule: MatchingRule,
): Promise<Match> {
  const { issuer, subject } = assertion
  const [linked] = await tx.query<{ userId: string }>(
    sql`select user_id as "userId" from user_identity
      where idp_id = ${idpId} and issuer = ${issuer} and subject = ${subject} and tenant_id = ${tx.tenantId}`,
  )
  if (linked) return { found: linked.userId }
  const value = valueNamed(assertion, rule.source)
  if (value === undefined) return { unknown: undefined }
  const named =
    rule.target === 'userName' ? sql`u.user_name_key = ${caseKey(value)}` : sql`u.external_id = ${value}`
  const [user] = await tx.query<{ id: string; isLinked: boolean }>(
    sql`select u.id, exists (select from user_identity l where l.user_id = u.id and l.idp_id = u.idp_id
        and l.issuer = ${issuer}) as "isLinked"
      from directory_user u where u.idp_id = ${idpId} and u.tenant_id = ${tx.tenantId} and ${named}`,
  )
  if (!user) return { unknown: value }
  return user.isLinked ? { taken: user.id } : { found: user.id }
}

/** `sub` and `NameID` stand for the subject. */
function valueNamed({ subject, attributes }: Assertion, source: string): string | undefined {
  if (source === 'NameID' || source === 'sub') return subject
  const [value] = Object.hasOwn(attributes, source) ? (attributes[source] ?? []) : []
  return value === undefined || value === '' ? undefined : value
}

/** Links the identity to the user; done twice, it changes nothing. @returns whether it is linked to this user now */
export async function linkIdentity(
  tx: TenantTx,
  idpId: string,
  userId: string,
  { issuer, subject }: Pick<Assertion, 'issuer' | 'subject'>,
): Promise<boolean> {
  await tx.query(
    sql`insert into user_identity (idp_id, issuer, subject, tenant_id, user_id)
      values (${idpId}, ${issuer}, ${subject}, ${tx.tenantId}, ${userId}) on conflict do nothing`,
  )
  const [linked] = await tx.query<{ userId: string }>(
    sql`select user_id as "userId" from user_identity
      where idp_id = ${idpId} and issuer = ${issuer} and subject = ${subject} and tenant_id = ${tx.tenantId}`,
  )
  return linked?.userId === userId
}
