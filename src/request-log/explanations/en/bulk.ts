import type { BULK_REFUSALS } from '#protocol/scim/refusals/bulk.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, wait } from './steps.ts'

export const BULK: Explanations<keyof typeof BULK_REFUSALS> = {
  'bulk-too-long': ({ operations, limit }, { idp }) => ({
    cause: `The bulk request has ${operations} operations; ${limit} is the most.`,
    steps: [`Let ${idp.name} send at most ${limit} operations in one request.`],
  }),
  'bulk-fail-on-errors': (_, { idp }) => ({
    cause: 'failOnErrors of the bulk request is not a whole number of at least 1.',
    steps: brokenMessage(idp),
  }),
  'bulk-path-wrong': (_, { idp }) => ({
    cause: 'An operation of the bulk request does not say on which user or group it works.',
    steps: brokenMessage(idp),
  }),
  'bulk-id-missing': (_, { idp }) => ({
    cause: 'An operation of the bulk request creates something without a bulkId.',
    steps: brokenMessage(idp),
  }),
  'bulk-id-repeated': ({ bulkId }, { idp }) => ({
    cause: `Two operations of the bulk request have the bulkId “${bulkId}”. The second was not done.`,
    steps: brokenMessage(idp),
  }),
  'bulk-id-unknown': ({ bulkId }, { idp }) => ({
    cause: `An operation refers to “${bulkId}”, which this request did not create: its creation failed, or is missing.`,
    steps: [
      'Look at the operation with that bulkId in the answer below: its failure is the one to correct.',
      ...wait(idp),
    ],
  }),
  'bulk-version-malformed': (_, { idp }) => ({
    cause: 'An operation of the bulk request names a version in a way that SCIM does not allow.',
    steps: brokenMessage(idp),
  }),
  'bulk-not-begun': (_, { idp }) => ({
    cause: 'The bulk request took so long that this operation was not begun.',
    steps: [...wait(idp), `If this happens often, let ${idp.name} send fewer operations in one request.`],
  }),
  'bulk-outcome-unknown': (_, { idp }) => ({
    cause: 'The connection to the database was lost during this operation. It may have been done or not.',
    steps: [`Look whether it was done here.`, ...wait(idp)],
  }),
}
