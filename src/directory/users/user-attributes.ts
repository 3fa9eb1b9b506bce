// The attributes of a user that have columns, indexes or rows of their own, for filters and for sorting.

import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Filter } from '#protocol/scim/filter/filter.ts'
import type { AttributeRef } from '#protocol/scim/schema/schema.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import type { CompareOp, CompareValue } from '../lists/compare-sql.ts'
import { compare, ordered, temporal, textual } from '../lists/compare-sql.ts'
import { compileFilter, type HotAttributes } from '../lists/filter-sql.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'

/**
 * Returns `attribute` or `attribute.sub` of the core schema; undefined for extensions, whose names could be the same.
 */
export function coreName(ref: AttributeRef): string | undefined {
  if (ref.extension !== undefined) return undefined
  return ref.sub ? `${ref.attribute.name}.${ref.sub.name}` : ref.attribute.name
}

/** Compares an id. Text that isn't a UUID equals no id. */
export function idCompare(left: Sql, op: CompareOp, value: CompareValue): Sql {
  const text = String(value)
  if (op === 'eq') return sql`${left} = ${isUuid(text) ? text : null}::uuid`
  return textual(sql`${left}::text`, op, text)
}

/** Returns the conditions for attributes that columns or other tables answer. */
export function userAttributes({ base, idpId, tenantId }: Provisioner): HotAttributes {
  const emailCompare = compareEmails(tenantId, idpId)
  // The members of one group are stored together, so they are looked up at once instead of checking every user.
  const membership = (op: CompareOp, value: CompareValue) =>
    op === 'eq'
      ? sql`u.id = any(array(select m.member_id from group_member m
          where ${idCompare(raw('m.group_id'), op, value)} and m.tenant_id = ${tenantId}))`
      : sql`exists (select from group_member m where m.member_id = u.id and m.tenant_id = u.tenant_id
          and ${idCompare(raw('m.group_id'), op, value)})`
  const byName: Record<string, (op: CompareOp, value: CompareValue) => Sql> = {
    id: (op, value) => idCompare(raw('u.id'), op, value),
    userName: (op, value) => textual(raw('u.user_name_key'), op, userNameKey(String(value))),
    externalId: (op, value) => textual(raw('u.external_id'), op, String(value)),
    displayName: (op, value) => textual(raw('u.display_name_key'), op, caseKey(String(value))),
    active: (op, value) => ordered(raw('u.active'), op, sql`${value === true}::boolean`),
    'emails.value': emailCompare,
    emails: emailCompare,
    'groups.value': membership,
    groups: membership,
    ...metaCompare('User', '/Users', base, sql`'W/"' || u.version || '"'`, raw('u.changed_at')),
  }
  return {
    compare: (ref, op, value) => byName[coreName(ref) ?? '']?.(op, value),
    present: (ref) => presentByName[coreName(ref) ?? ''],
    valuePath: (ref, filter) =>
      coreName(ref) === 'groups' ? groupsPath(filter) : narrowEmails(ref, filter, emailCompare),
  }
}

const presentByName: Record<string, Sql> = {
  id: raw('true'),
  userName: raw('true'),
  meta: raw('true'),
  schemas: raw('true'),
  externalId: raw('(u.external_id is not null)'),
  'meta.created': raw('true'),
  'meta.lastModified': raw('true'),
  'meta.resourceType': raw('true'),
  'meta.location': raw('true'),
  'meta.version': raw('true'),
  groups: raw('exists (select from group_member m where m.member_id = u.id and m.tenant_id = u.tenant_id)'),
  'groups.value': raw(
    'exists (select from group_member m where m.member_id = u.id and m.tenant_id = u.tenant_id)',
  ),
}

/** Returns the conditions for `meta`, which is built from columns. */
export function metaCompare(
  type: string,
  endpoint: string,
  base: string,
  version: Sql,
  changed: Sql,
): Record<string, (op: CompareOp, value: CompareValue) => Sql> {
  return {
    'meta.resourceType': (op, value) => textual(sql`${type}::text`, op, String(value)),
    'meta.created': (op, value) => temporal(raw('u.created_at'), op, value),
    'meta.lastModified': (op, value) => temporal(changed, op, value),
    'meta.location': (op, value) =>
      textual(sql`(${base + endpoint}::text || '/' || u.id)`, op, String(value)),
    'meta.version': (op, value) => textual(sql`(${version})`, op, String(value)),
  }
}

type Compare = (op: CompareOp, value: CompareValue) => Sql

/** Compares email addresses. Equality uses the index on the array; the other operators check each address. */
function compareEmails(tenantId: string, idpId: string): Compare {
  return (op, value) => {
    const key = caseKey(String(value))
    if (op === 'eq')
      return sql`u.id = any(array(select users_with_email(${tenantId}, ${idpId}, ${key}::text)))`
    return sql`exists (select from unnest(u.emails) address where ${textual(raw('address'), op, key)})`
  }
}

/**
 * Narrows `emails[type eq "work" and value eq "x"]`: the index finds the rows with that address, then the JSON
 * decides.
 */
function narrowEmails(
  ref: AttributeRef,
  filter: Filter,
  emailCompare: Compare,
): { condition: Sql; exact: boolean } | undefined {
  if (coreName(ref) !== 'emails') return undefined
  const terms = filter.kind === 'and' ? filter.terms : [filter]
  const value = terms.find(
    (term) => term.kind === 'compare' && term.op === 'eq' && term.ref.attribute.name === 'value',
  )
  if (value?.kind !== 'compare' || value.value === null) return undefined
  return { condition: emailCompare('eq', value.value), exact: false }
}

/** Compiles `groups[…]` to a condition on memberships. */
function groupsPath(filter: Filter): { condition: Sql; exact: boolean } {
  const element: HotAttributes = {
    compare: (ref, op, value) => {
      if (ref.attribute.name === 'value') return idCompare(raw('g.id'), op, value)
      if (ref.attribute.name === 'type') return textual(raw(`'direct'`), op, caseKey(String(value)))
      if (ref.attribute.name === 'display') return compare(raw('g.display_name'), ref.attribute, op, value)
      return raw('false')
    },
    present: () => raw('true'),
    valuePath: () => undefined,
  }
  const condition = sql`exists (select from group_member m join directory_group g on g.id = m.group_id
    where m.member_id = u.id and m.tenant_id = u.tenant_id and ${compileFilter(filter, element)})`
  return { condition, exact: true }
}
