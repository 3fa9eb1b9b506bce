import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Attribute } from '#protocol/scim/schema/schema.ts'

/** An expression of type jsonb. */
export type Node = Sql

/** Returns the elements of a multi-valued attribute, or none if it is absent. */
export function elementsOf(node: Node): Sql {
  return sql`jsonb_array_elements(case when jsonb_typeof(${node}) = 'array' then ${node} else '[]'::jsonb end)`
}

/** Returns the value of a simple attribute, or of a sub-attribute, as text. */
export function scalarOf(node: Node, sub: Attribute | undefined): Sql {
  return sub === undefined ? sql`(${node} #>> '{}')` : sql`(${node} ->> ${sub.name}::text)`
}

/**
 * Casts text to another type, or to null if it isn't valid. Data was stored by the schema of its time: a dateTime of
 * the year 0000, or data of an extension whose type has changed since, must not fail the query.
 */
export function castOf(text: Sql, type: 'boolean' | 'numeric' | 'timestamptz'): Sql {
  return sql`(case when is_valid_input(${text}, ${raw(`'${type}'`)}) then (${text})::${raw(type)} end)`
}
