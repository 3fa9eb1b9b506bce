// Where a refusal can be fixed and which attribute it is about. Both are the same in every language.
import type { ParamsOf, RefusalCode } from '#protocol/scim/refusals/refusals.ts'

/** In the identity provider's console, in this portal, or nowhere because the client retries by itself. */
export type Where = 'idp' | 'here' | 'nowhere'

/** All other refusals can be fixed at the identity provider. */
const WHERE: Partial<Record<RefusalCode, Where>> = {
  'idp-disabled': 'here',
  'provisioning-off': 'here',
  'schema-unknown': 'here',
  'attribute-unknown': 'here',
  'value-unstorable': 'here',
  internal: 'here',
  'too-many-requests': 'nowhere',
  'idp-changing': 'nowhere',
  busy: 'nowhere',
  'database-unavailable': 'nowhere',
  'took-too-long': 'nowhere',
  'version-changed': 'nowhere',
  'user-name-in-motion': 'nowhere',
  'bulk-not-begun': 'nowhere',
  'bulk-outcome-unknown': 'nowhere',
}

type Field<Params> = string | ((params: Params) => string | undefined)
type Fields = { readonly [Code in RefusalCode]?: Field<ParamsOf<Code>> }

const FIELDS: Fields = {
  'value-wrong': ({ at }) => at,
  'value-missing': ({ at }) => at,
  'text-unstorable': ({ at }) => at,
  'schema-unknown': ({ urn }) => urn,
  'attribute-unknown': ({ name }) => name,
  'attribute-read-only': ({ name }) => name,
  'attribute-immutable': ({ name }) => name,
  'attribute-not-removable': ({ name }) => name,
  'path-malformed': ({ path }) => path,
  'path-filter-wrong': ({ path }) => path,
  'filter-selects-nothing': ({ name }) => name,
  'filter-selects-many': ({ name }) => name,
  'member-unknown': 'members',
  'member-without-id': 'members',
  'members-filter-unsupported': 'members',
  'members-filter-too-costly': 'members',
  'members-path-unsupported': 'members',
  'filter-attribute-unknown': ({ name }) => name,
  'filter-attribute-secret': ({ name }) => name,
  'filter-attribute-complex': ({ name }) => name,
  'filter-brackets': ({ name }) => name,
  'filter-operator-unfit': ({ name }) => name,
  'filter-value-unfit': ({ name }) => name,
  'parameter-not-integer': ({ name }) => name,
  'parameter-repeated': ({ name }) => name,
  'filter-repeated': 'filter',
  'count-out-of-range': 'count',
  'cursor-other-count': 'count',
  'sort-unknown': ({ name }) => name,
  'sort-impossible': ({ name }) => name,
  'user-name-taken': 'userName',
  'external-id-taken': 'externalId',
  'group-external-id-taken': 'externalId',
  'group-name-taken': 'displayName',
}

export function whereOf(code: RefusalCode): Where {
  return WHERE[code] ?? 'idp'
}

export function fieldOf(code: RefusalCode, params: ParamsOf<RefusalCode>): string | undefined {
  const field = FIELDS[code] as Field<ParamsOf<RefusalCode>> | undefined
  return typeof field === 'function' ? field(params) : field
}
