import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Attribute } from '#protocol/scim/schema/schema.ts'

/** An expression of type jsonb. */
export type Node = Sql

/** The elements of a multi-valued attribute; none when it is absent. */
export function elementsOf(node: Node): Sql {
  return sql`jsonb_array_elements(case when jsonb_typeof(${node}) = 'array' then ${node} else '[]'::jsonb end)`
}

/** The value of a simple attribute, or of one sub-attribute, as text. */
export function scalarOf(node: Node, sub: Attribute | undefined): Sql {
  return sub === undefined ? sql`(${node} #>> '{}')` : sql`(${node} ->> ${sub.name}::text)`
}

/**
 * Text as a value of another type; null where it is none. What is stored was read by the schema of its day: a dateTime
 * of the year 0000, or data of an extension that had another type before, must not fail the query.
 */
export function castOf(text: Sql, type: 'boolean' | 'numeric' | 'timestamptz'): Sql {
  return sql`(case when is_valid_input(${text}, ${raw(`'${type}'`)}) then (${text})::${raw(type)} end)`
}
