import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { timestampText } from '#platform/database/storable.ts'
import type { Filter } from '#protocol/scim/filter/filter.ts'
import type { Attribute } from '#protocol/scim/schema/schema.ts'
import { instantOf } from '#protocol/scim/values/date-time.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { castOf } from './json-sql.ts'

type Compare = Extract<Filter, { kind: 'compare' }>
export type CompareOp = Compare['op']
export type CompareValue = Compare['value']

const OPERATORS: Partial<Record<CompareOp, string>> = {
  eq: '=',
  ne: 'is distinct from',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
}

/** Returns `left op right` for two expressions of the same ordered type. */
export function ordered(left: Sql, op: CompareOp, right: Sql): Sql {
  return sql`${left} ${raw(OPERATORS[op] ?? '=')} ${right}`
}

/**
 * Compares text with text. Doesn't use LIKE, so `%`, `_` and `\` in the value have no special meaning.
 * @param right normalized like `left`
 */
export function textual(left: Sql, op: CompareOp, right: string): Sql {
  if (op === 'co') return sql`position(${right}::text in ${left}) > 0`
  if (op === 'sw') return sql`starts_with(${left}, ${right}::text)`
  if (op === 'ew') return sql`right(${left}, length(${right}::text)) = ${right}::text`
  if (op === 'eq' || op === 'ne') return ordered(left, op, sql`${right}::text`)
  return ordered(sql`(${left}) collate "C"`, op, sql`${right}::text`)
}

/** Compares dateTime values by time, not by text. @see RFC 7644 §3.4.2.2 */
export function temporal(left: Sql, op: CompareOp, value: CompareValue): Sql {
  const instant = typeof value === 'string' ? instantOf(value) : undefined
  if (instant === undefined) throw new TypeError('a filter on a dateTime was parsed without one')
  return ordered(left, op, sql`${timestampText(instant)}::timestamptz`)
}

/** Compares a value of the stored JSON, given as text, with the value of the filter, by the attribute's type. */
export function compare(left: Sql, attribute: Attribute, op: CompareOp, value: CompareValue): Sql {
  switch (attribute.type) {
    case 'boolean':
      return ordered(castOf(left, 'boolean'), op, sql`${value === true}::boolean`)
    case 'integer':
    case 'decimal':
      return ordered(castOf(left, 'numeric'), op, sql`${Number(value)}::numeric`)
    case 'dateTime':
      return temporal(castOf(left, 'timestamptz'), op, value)
    default:
      return attribute.caseExact === true
        ? textual(left, op, String(value))
        : textual(sql`case_key(${left})`, op, caseKey(String(value)))
  }
}
