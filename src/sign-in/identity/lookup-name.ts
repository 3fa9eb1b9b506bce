// The value by which a matching rule looks a user up, and the attribute that it is compared with.
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Matching } from '#identity-providers/settings.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import { isSameName } from '#protocol/scim/values/same-name.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import { findClaim } from '../claims.ts'
import type { Assertion } from './assertion.ts'
import { nameIdKind } from './identifier.ts'

/** A value of the assertion, and the user's attribute that must equal it. */
export interface LookupName {
  readonly value: string
  readonly target: Matching['target']
}

/** The default rule: a SAML NameID is the userName; for OIDC, so is the first claim that looks like one. */
function ruleOf({ matching, type }: Pick<IdentityProvider, 'matching' | 'type'>): Matching | undefined {
  if (matching) return matching
  return type === 'saml' ? { source: 'NameID', target: 'userName' } : undefined
}

/** @returns undefined when the assertion lacks the value */
export function lookupName(
  provider: Pick<IdentityProvider, 'matching' | 'type'>,
  assertion: Assertion,
): LookupName | undefined {
  const rule = ruleOf(provider)
  const value = rule ? assertedValue(assertion, rule.source) : findClaim(assertion, 'userName')
  return value === undefined || value === '' ? undefined : { value, target: rule?.target ?? 'userName' }
}

/** Returns the user's name at the identity provider, for logs and profiles. */
export function assertedName(provider: IdentityProvider, assertion: Assertion): string {
  return lookupName(provider, assertion)?.value ?? findClaim(assertion, 'userName') ?? assertion.subject
}

/** Returns whether the rule uses a transient NameID, which changes at each sign-in. @see SAML 2.0 Core §8.3.8 */
export function usesTransientNameId(provider: IdentityProvider, { nameId }: Assertion): boolean {
  return (
    nameId !== undefined && nameIdKind(nameId.format) === 'transient' && isNameId(ruleOf(provider)?.source)
  )
}

function isNameId(source: string | undefined): boolean {
  return source === 'NameID' || source === 'sub'
}

function assertedValue({ subject, attributes }: Assertion, source: string): string | undefined {
  if (isNameId(source)) return subject
  return Object.hasOwn(attributes, source) ? attributes[source]?.[0] : undefined
}

/** Returns the SQL condition for a user `u` with this name or a look-alike of it. */
export function nameCondition({ value, target }: LookupName): Sql {
  return target === 'userName' ? sql`u.user_name_key = ${userNameKey(value)}` : sql`u.external_id = ${value}`
}

/** Returns whether the found user has exactly this name, not a look-alike. */
export function isExactMatch({ value, target }: LookupName, userName: string): boolean {
  return target === 'externalId' || isSameName(value, userName)
}
