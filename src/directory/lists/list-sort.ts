// What a list is sorted by: a column if the attribute has one, else the stored JSON. Of several values, the primary
// one counts, or else the first. @see RFC 7644 §3.4.2.3
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { AttributeRef } from '#protocol/scim/schema/schema.ts'
import { coreName } from '../users/user-attributes.ts'
import { castOf, elementsOf, scalarOf } from './json-sql.ts'
import type { Order, SortKey } from './list-order.ts'

export interface Sort {
  readonly ref?: AttributeRef
  readonly descending: boolean
}

/** The sort keys that don't come from the JSON, by attribute name. */
export type SortKeys = Readonly<Record<string, SortKey>>

/** Returns the order of a list. Without `sort` it is the order of creation, which is also the order of ids. */
export function orderOf(sort: Sort | undefined, keys: SortKeys): Order {
  if (!sort?.ref || coreName(sort.ref) === 'id') {
    return { key: undefined, descending: sort?.descending ?? false }
  }
  return { key: sortKeyOf(sort.ref, keys), descending: sort.descending }
}

export function sortKeyOf(ref: AttributeRef, keys: SortKeys): SortKey {
  return keys[coreName(ref) ?? ''] ?? jsonSortKey(ref)
}

export function column(value: string, wish: Partial<SortKey> = {}): SortKey {
  return { value: raw(value), type: 'text', nullable: false, indexed: true, ...wish }
}

export function derived(value: Sql, wish: Partial<SortKey> = {}): SortKey {
  return { value, type: 'text', nullable: true, indexed: false, ...wish }
}

/** Returns the sort keys of `meta`, which is built from columns. */
export function metaSortKeys(type: string, version: Sql, changed: SortKey): SortKeys {
  return {
    'meta.resourceType': derived(sql`${type}::text`),
    'meta.created': derived(raw('u.created_at'), { type: 'timestamptz' }),
    'meta.lastModified': changed,
    // The URL before the id is the same for all resources of one type.
    'meta.location': derived(sql`${type}::text || u.id`),
    'meta.version': derived(version),
  }
}

function jsonSortKey(ref: AttributeRef): SortKey {
  const root =
    ref.extension === undefined ? sql`u.resource::jsonb` : sql`(u.resource::jsonb -> ${ref.extension}::text)`
  const node = sql`(${root} -> ${ref.attribute.name}::text)`
  const leaf = ref.sub ?? ref.attribute.subAttributes?.find((sub) => sub.name === 'value')
  const text = ref.attribute.multiValued
    ? sql`(select ${scalarOf(raw('e.v'), leaf)} from ${elementsOf(node)} with ordinality e(v, place)
        order by (e.v ->> 'primary') is not distinct from 'true' desc, e.place limit 1)`
    : scalarOf(node, leaf)
  const { type, caseExact } = leaf ?? ref.attribute
  if (type === 'integer' || type === 'decimal') return derived(castOf(text, 'numeric'), { type: 'numeric' })
  if (type === 'dateTime') return derived(castOf(text, 'timestamptz'), { type: 'timestamptz' })
  return derived(sql`(${caseExact === true ? text : sql`case_key(${text})`}) collate "C"`)
}
