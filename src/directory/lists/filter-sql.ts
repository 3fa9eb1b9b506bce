// Compiles a SCIM filter to SQL. Only known attributes are allowed. Those with columns, indexes or rows of their own
// are in user-attributes.ts and group-attributes.ts; the others are read from the stored JSON by names from the
// schema. Every value of the filter becomes a parameter. @see RFC 7644 §3.4.2.2
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Filter } from '#protocol/scim/filter/filter.ts'
import type { AttributeRef } from '#protocol/scim/schema/schema.ts'
import { type CompareOp, type CompareValue, compare } from './compare-sql.ts'
import { elementsOf, type Node, scalarOf } from './json-sql.ts'

/** What a table offers in addition to the JSON in its `resource` column. */
export interface HotAttributes {
  /**
   * Returns a condition if a column, an index or another table can answer the filter. Undefined leaves it to the
   * JSON.
   */
  compare(ref: AttributeRef, op: CompareOp, value: CompareValue): Sql | undefined
  present(ref: AttributeRef): Sql | undefined
  /**
   * Returns a condition on elements stored outside the JSON, or one that narrows the rows before the JSON is read.
   */
  valuePath(ref: AttributeRef, filter: Filter): { condition: Sql; exact: boolean } | undefined
}

type Compare = Extract<Filter, { kind: 'compare' }>

export function compileFilter(filter: Filter, hot: HotAttributes): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return sql`(${join(
        filter.terms.map((term) => compileFilter(term, hot)),
        ` ${filter.kind} `,
      )})`
    case 'not':
      // In SQL, a condition on an absent value is unknown; in SCIM, it is false.
      return sql`not coalesce(${compileFilter(filter.term, hot)}, false)`
    case 'never':
      return raw('false')
    case 'present':
      return hot.present(filter.ref) ?? presentInJson(filter.ref)
    case 'compare':
      return compileCompare(filter, hot)
    case 'valuePath':
      return compileValuePath(filter, hot)
  }
}

function compileCompare(filter: Compare, hot: HotAttributes): Sql {
  const { ref, op, value } = filter
  // Null means that the attribute has no value (RFC 7643 §2.5).
  if (value === null) {
    const present = hot.present(ref) ?? presentInJson(ref)
    return op === 'eq' ? sql`not coalesce(${present}, false)` : present
  }
  const inColumns = hot.compare(ref, op, value)
  if (inColumns) return inColumns
  const leaf = ref.sub ?? ref.attribute
  if (!ref.attribute.multiValued) return compare(scalarOf(attributeNode(ref), ref.sub), leaf, op, value)
  const element = scalarOf(raw('e.v'), ref.sub ?? valueAttribute(ref))
  return sql`exists (select from ${elementsOf(attributeNode(ref))} e(v) where ${compare(element, leaf, op, value)})`
}

function compileValuePath(filter: Extract<Filter, { kind: 'valuePath' }>, hot: HotAttributes): Sql {
  const elsewhere = hot.valuePath(filter.ref, filter.filter)
  if (elsewhere?.exact) return elsewhere.condition
  const inJson = sql`exists (select from ${elementsOf(attributeNode(filter.ref))} e(v)
    where ${compileFilter(filter.filter, ELEMENT)})`
  return elsewhere ? sql`(${elsewhere.condition} and ${inJson})` : inJson
}

/**
 * Reads every name inside `[ ]` as a sub-attribute of the element `e.v`.
 * @see RFC 7644 §3.4.2.2, figure 1 (valFilter)
 */
const ELEMENT: HotAttributes = {
  compare: (ref, op, value) => compare(scalarOf(raw('e.v'), ref.attribute), ref.attribute, op, value),
  present: (ref) => sql`nullif(e.v ->> ${ref.attribute.name}::text, '') is not null`,
  valuePath: () => undefined,
}

/** Returns the JSON of an attribute of the row `u`. */
function attributeNode(ref: AttributeRef): Node {
  const root =
    ref.extension === undefined ? sql`u.resource::jsonb` : sql`(u.resource::jsonb -> ${ref.extension}::text)`
  return sql`(${root} -> ${ref.attribute.name}::text)`
}

function valueAttribute(ref: AttributeRef) {
  return ref.attribute.subAttributes?.find((sub) => sub.name === 'value')
}

function presentInJson(ref: AttributeRef): Sql {
  const node = attributeNode(ref)
  if (!ref.sub) return sql`(${node} is not null)`
  if (!ref.attribute.multiValued) return sql`((${node} -> ${ref.sub.name}::text) is not null)`
  return sql`exists (select from ${elementsOf(node)} e(v) where (e.v -> ${ref.sub.name}::text) is not null)`
}
