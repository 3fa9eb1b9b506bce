// Refusals of bulk requests and single operations in them. @see RFC 7644 §3.7
import { refusal } from './refusal.ts'

const PATHS = {
  endpoint: () => 'path must be /Users or /Groups, or one of them and an id',
  'post-with-id': () => 'path of a POST must be /Users or /Groups',
  'without-id': ({ method, endpoint }: PathParams) => `path of a ${method} must be ${endpoint}/ and an id`,
  'not-an-id': ({ id }: PathParams) => `path must end with an id, which "${id}" is not`,
} as const

interface PathParams {
  readonly method?: string
  readonly endpoint?: string
  readonly id?: string
}

export const BULK_REFUSALS = {
  'bulk-too-long': refusal<{ operations: number; limit: number }>(
    413,
    undefined,
    ({ operations, limit }) => `${operations} operations exceed the maxOperations (${limit})`,
  ),
  'bulk-fail-on-errors': refusal(400, 'invalidValue', () => 'failOnErrors must be an integer of at least 1'),
  'bulk-path-wrong': refusal<{
    problem: keyof typeof PATHS
    method?: string
    endpoint?: string
    id?: string
  }>(400, 'invalidValue', (params) => PATHS[params.problem](params)),
  'bulk-id-missing': refusal(
    400,
    'invalidValue',
    () => 'bulkId must be a string that is not empty where method is POST',
  ),
  'bulk-id-repeated': refusal<{ bulkId: string }>(
    400,
    'invalidValue',
    ({ bulkId }) => `An earlier operation has the bulkId "${bulkId}"`,
  ),
  'bulk-id-unknown': refusal<{ bulkId: string }>(
    409,
    undefined,
    ({ bulkId }) => `bulkId "${bulkId}" is of no resource that this request created`,
  ),
  'bulk-version-malformed': refusal(400, 'invalidVers', () => 'version must be an entity tag such as W/"1"'),
  'bulk-not-begun': refusal(503, undefined, () => 'Not begun in time; send it once more'),
  'bulk-outcome-unknown': refusal(
    503,
    undefined,
    () =>
      'The connection to the database was lost while this operation was being written, so it may have been done; look it up or send it again',
  ),
}
