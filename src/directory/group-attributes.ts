// Which attributes of a group have columns, indexes or rows of their own, for filters and for sorting.
import { raw, type Sql, sql } from '#platform/sql.ts'
import type { Filter } from '#protocol/scim/filter.ts'
import { caseKey } from '#protocol/scim/text.ts'
import { compare, textual } from './compare-sql.ts'
import { type CompareOp, type CompareValue, compileFilter, type HotAttributes } from './filter-sql.ts'
import { GROUP_CHANGED, GROUP_VERSION } from './group-row.ts'
import { coreName, idCompare, metaCompare } from './user-attributes.ts'

type ByName = Record<string, (op: CompareOp, value: CompareValue) => Sql>

const HAS_MEMBERS = raw(
  'exists (select from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id)',
)

function member(condition: Sql): Sql {
  return sql`exists (select from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id and ${condition})`
}

export function groupAttributes(base: string): HotAttributes {
  const value = (op: CompareOp, wanted: CompareValue) => member(idCompare(raw('m.member_id'), op, wanted))
  const byName: ByName = {
    id: (op, wanted) => idCompare(raw('u.id'), op, wanted),
    displayName: (op, wanted) => textual(raw('u.display_name_key'), op, caseKey(String(wanted))),
    externalId: (op, wanted) => textual(raw('u.external_id'), op, String(wanted)),
    members: value,
    'members.value': value,
    'members.type': (op, wanted) => member(MEMBER.type?.(op, wanted) ?? raw('false')),
    'members.display': (op, wanted) => member(MEMBER.display?.(op, wanted) ?? raw('false')),
    ...metaCompare('Group', '/Groups', base, sql`'W/"' || ${GROUP_VERSION} || '"'`, GROUP_CHANGED),
  }
  return {
    compare: (ref, op, wanted) => byName[coreName(ref) ?? '']?.(op, wanted),
    present: (ref) => PRESENT[coreName(ref) ?? ''],
    valuePath: (ref, filter) =>
      coreName(ref) === 'members' ? { condition: memberPath(filter), exact: true } : undefined,
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
}

/** What the membership `m` shows as `display`, before case is taken out. */
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

/** A condition on the membership `m` from a filter in `members[…]`. */
export function memberCondition(filter: Filter): Sql {
  return compileFilter(filter, {
    compare: (ref, op, wanted) => MEMBER[ref.attribute.name]?.(op, wanted) ?? raw('false'),
    present: (ref) => raw(Object.hasOwn(MEMBER, ref.attribute.name) ? 'true' : 'false'),
    valuePath: () => undefined,
  })
}

function memberPath(filter: Filter): Sql {
  return member(memberCondition(filter))
}
