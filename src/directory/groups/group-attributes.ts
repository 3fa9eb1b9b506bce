// The attributes of a group that have columns, indexes or rows of their own, for filters and for sorting.

import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Filter } from '#protocol/scim/filter/filter.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import type { CompareOp, CompareValue } from '../lists/compare-sql.ts'
import { compare, textual } from '../lists/compare-sql.ts'
import { compileFilter, type HotAttributes } from '../lists/filter-sql.ts'
import type { Provisioner } from '../provisioner.ts'
import { coreName, idCompare, metaCompare } from '../users/user-attributes.ts'
import { GROUP_CHANGED, GROUP_VERSION, memberUri } from './group-row.ts'

type ByName = Record<string, (op: CompareOp, value: CompareValue) => Sql>

const HAS_MEMBERS = raw(
  'exists (select from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id)',
)

function member(condition: Sql): Sql {
  return sql`exists (select from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id and ${condition})`
}

/**
 * Finds the groups of one member along the index of members. Uses an array, not `exists`, which would check every
 * group of the identity provider.
 */
function groupsWith(tenantId: string, wanted: CompareValue): Sql {
  return sql`u.id = any(array(select m.group_id from group_member m
    where ${idCompare(raw('m.member_id'), 'eq', wanted)} and m.tenant_id = ${tenantId}))`
}

/**
 * Finds a group by its name, but not one whose name only looks like it. A provisioning client adds members to the
 * group that it finds, and a group can give access. The key finds candidates, and the names themselves decide.
 */
function named(op: CompareOp, wanted: string): Sql {
  const byKey = textual(raw('u.display_name_key'), op, caseKey(wanted))
  if (op !== 'eq' && op !== 'ne') return byKey
  const isSame = sql`lower(normalize(u.display_name, nfc)) = lower(normalize(${wanted}::text, nfc))`
  return op === 'eq' ? sql`(${byKey} and ${isSame})` : sql`(${byKey} or not ${isSame})`
}

export function groupAttributes(at: Pick<Provisioner, 'base' | 'tenantId'>): HotAttributes {
  const { base, tenantId } = at
  const value = (op: CompareOp, wanted: CompareValue) =>
    op === 'eq' ? groupsWith(tenantId, wanted) : member(idCompare(raw('m.member_id'), op, wanted))
  const byName: ByName = {
    id: (op, wanted) => idCompare(raw('u.id'), op, wanted),
    displayName: (op, wanted) => named(op, String(wanted)),
    externalId: (op, wanted) => textual(raw('u.external_id'), op, String(wanted)),
    members: value,
    'members.value': value,
    'members.type': (op, wanted) => member(MEMBER.type?.(op, wanted) ?? raw('false')),
    'members.display': (op, wanted) => member(MEMBER.display?.(op, wanted) ?? raw('false')),
    'members.$ref': (op, wanted) => member(textual(memberUri(base), op, String(wanted))),
    ...metaCompare('Group', '/Groups', base, sql`'W/"' || ${GROUP_VERSION} || '"'`, GROUP_CHANGED),
  }
  return {
    compare: (ref, op, wanted) => byName[coreName(ref) ?? '']?.(op, wanted),
    present: (ref) => PRESENT[coreName(ref) ?? ''],
    valuePath: (ref, filter) =>
      coreName(ref) === 'members' ? { condition: memberPath(filter, at), exact: true } : undefined,
  }
}

const PRESENT: Record<string, Sql> = {
  id: raw('true'),
  displayName: raw('true'),
  schemas: raw('true'),
  meta: raw('true'),
  'meta.resourceType': raw('true'),
  'meta.created': raw('true'),
  'meta.lastModified': raw('true'),
  'meta.location': raw('true'),
  'meta.version': raw('true'),
  externalId: raw('(u.external_id is not null)'),
  members: HAS_MEMBERS,
  'members.value': HAS_MEMBERS,
  'members.type': HAS_MEMBERS,
  'members.$ref': HAS_MEMBERS,
}

/** The `display` of the membership `m`, before it is case-folded. */
export const MEMBER_DISPLAY = `coalesce(
  (select coalesce(du.display_name, du.user_name) from directory_user du where du.id = m.member_id),
  (select dg.display_name from directory_group dg where dg.id = m.member_id))`

/** The attributes of one membership `m`. */
const MEMBER: ByName = {
  value: (op, wanted) => idCompare(raw('m.member_id'), op, wanted),
  type: (op, wanted) => textual(raw('case_key(m.member_type)'), op, caseKey(String(wanted))),
  display: (op, wanted) => compare(raw(MEMBER_DISPLAY), DISPLAY_ATTRIBUTE, op, wanted),
}

const DISPLAY_ATTRIBUTE = {
  name: 'display',
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  mutability: 'readOnly',
  returned: 'default',
  caseExact: false,
} as const

/** Returns a condition on the membership `m` for a filter in `members[…]`. */
export function memberCondition(filter: Filter, { base }: Pick<Provisioner, 'base'>): Sql {
  const byName: ByName = { ...MEMBER, $ref: (op, wanted) => textual(memberUri(base), op, String(wanted)) }
  return compileFilter(filter, {
    compare: (ref, op, wanted) => byName[ref.attribute.name]?.(op, wanted) ?? raw('false'),
    present: (ref) => raw(Object.hasOwn(byName, ref.attribute.name) ? 'true' : 'false'),
    valuePath: () => undefined,
  })
}

/**
 * Compiles `members[…]`. If the filter names an id, the index finds its groups, and the rest is checked only in
 * those.
 */
function memberPath(filter: Filter, at: Pick<Provisioner, 'base' | 'tenantId'>): Sql {
  const terms = filter.kind === 'and' ? filter.terms : [filter]
  const value = terms.find(
    (term) => term.kind === 'compare' && term.op === 'eq' && term.ref.attribute.name === 'value',
  )
  if (value?.kind !== 'compare' || value.value === null) return member(memberCondition(filter, at))
  const found = groupsWith(at.tenantId, value.value)
  return terms.length === 1 ? found : sql`(${found} and ${member(memberCondition(filter, at))})`
}
