// Refusals of query parameters other than the filter: paging, order and selection of attributes.
import { refusal } from './refusal.ts'

export const QUERY_REFUSALS = {
  'parameter-not-integer': refusal<{ name: string }>(
    400,
    'invalidValue',
    ({ name }) => `${name} must be an integer`,
  ),
  'parameter-repeated': refusal<{ name: string }>(
    400,
    'invalidValue',
    ({ name }) => `${name} is given more than once`,
  ),
  'filter-repeated': refusal(400, 'invalidFilter', () => 'filter is given more than once'),
  'count-out-of-range': refusal<{ limit: number }>(
    400,
    'invalidCount',
    ({ limit }) => `count must be an integer from 0 to ${limit}`,
  ),
  'sort-unknown': refusal<{ name: string }>(
    400,
    'invalidValue',
    ({ name }) => `sortBy: there is no attribute "${name}"`,
  ),
  'sort-impossible': refusal<{ name: string }>(
    400,
    'invalidValue',
    ({ name }) => `sortBy: nothing is sorted by ${name}`,
  ),
  'sort-order-unknown': refusal(400, 'invalidValue', () => 'sortOrder must be ascending or descending'),
  'sort-value-too-long': refusal<{ limit: number }>(
    400,
    'invalidValue',
    ({ limit }) =>
      `sortBy: a value has more than ${limit} characters, which cursors cannot carry; use startIndex`,
  ),
  'attributes-both': refusal(
    400,
    'invalidValue',
    () => 'attributes and excludedAttributes exclude each other',
  ),
  'attributes-too-long': refusal<{ limit: number }>(
    400,
    'invalidValue',
    ({ limit }) => `A list of attributes has at most ${limit} characters`,
  ),
  'cursor-unknown': refusal(
    400,
    'invalidCursor',
    () => 'cursor must be empty, or a nextCursor or previousCursor of this very query',
  ),
  'cursor-expired': refusal<{ seconds: number }>(
    400,
    'expiredCursor',
    ({ seconds }) => `The cursor is older than ${seconds} s; begin again`,
  ),
  'cursor-other-count': refusal<{ count: number }>(
    400,
    'invalidCount',
    ({ count }) => `count must stay ${count}, as in the first request`,
  ),
  'discovery-filter': refusal(403, undefined, () => 'Discovery endpoints take no filter'),
  'query-too-costly': refusal<{ seconds: number }>(
    400,
    'tooMany',
    ({ seconds }) => `The query takes longer than the ${seconds} s that one may take; ask for less at once`,
  ),
}
