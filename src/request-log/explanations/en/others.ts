// Texts that aren't about a single refusal code: bulk requests, rows logged before codes existed, and accepted
// requests.
import type { ExplanationTexts } from '../explanation-text.ts'
import { brokenMessage, newToken, wait } from './steps.ts'

export const BULK_PART: ExplanationTexts['bulkPart'] = ({ failed, operations, first }, { idp }) => ({
  cause: `${failed} of ${operations} operations failed, and the others were done.${first ? ` The first failure: ${first.cause}` : ''}`,
  steps: first?.steps ?? [
    'The answer below names each operation with its status and the reason.',
    `Then send it again: ${idp.again}.`,
  ],
})

export const BY_STATUS: ExplanationTexts['byStatus'] = {
  credentials: (_, { idp }) => ({
    cause: 'The request came without credentials, or with ones that are not valid.',
    steps: newToken(idp),
  }),
  forbidden: (_, { idp }) => ({
    cause:
      'The request was not allowed: the identity provider is disabled here, or auto-provisioning is off.',
    steps: ['Check both switches here: Identity Providers › this one.', ...wait(idp)],
  }),
  missing: (_, { who, idp }) => ({
    cause: `${who} is not here (any more), or the address is not one of the SCIM endpoint.`,
    steps: [`Compare the SCIM endpoint with the one in ${idp.name}: ${idp.endpoint}.`, ...wait(idp)],
  }),
  taken: (_, { who, idp }) => ({
    cause: `A value of ${who} is taken by another user or group of this identity provider.`,
    steps: [`Change one of the two values in ${idp.name}: ${idp.mapping}.`, ...wait(idp)],
  }),
  changed: (_, { who, idp }) => ({
    cause: `${who} was changed in the meantime. ${idp.name} reads it again and repeats its change.`,
    steps: [],
  }),
  size: (_, { idp }) => ({
    cause: 'The request is larger than this service accepts at once.',
    steps: [`Let ${idp.name} send less in one request.`],
  }),
  search: (_, { idp }) => ({
    cause: `${idp.name} searched in a way that can't be answered.`,
    steps: [`Choose userName or externalId as the attribute to match by in ${idp.name}: ${idp.mapping}.`],
  }),
  bad: (_, { who, idp }) => ({
    cause: `The request about ${who} was not accepted. The rule above says why.`,
    steps: [`Correct the value or its mapping in ${idp.name}: ${idp.mapping}.`, ...brokenMessage(idp)],
  }),
  later: (_, { idp }) => ({
    cause: 'This service could not answer at that moment. Nothing was half done.',
    steps: wait(idp),
  }),
  internal: (_, { idp }) => ({
    cause: 'Something went wrong in this service. Nothing was half done.',
    steps: [
      'The operator of this service finds the reason in its log, by the request id below.',
      ...wait(idp),
    ],
  }),
}

export const NOTES: ExplanationTexts['notes'] = {
  'attributes-left-out': ({ names }) =>
    `Left out, because nobody declared it here: ${names.join(', ')}. The rest was done.`,
  'patch-left-out': ({ names }) =>
    `Nothing was changed: the whole message was left out, because nobody declared ${names.join(', ') || 'what it names'} here.`,
  'values-converted': ({ names }) => `Converted to the form that SCIM asks for: ${names.join(', ')}.`,
  'active-kept': () =>
    'The message clears “active”. That says nothing about access, so that the value was kept.',
  'user-deleted-in-portal': () =>
    'This user was deleted in the portal and stays deleted. To bring the user back, restore them here, or let the identity provider send “active: true”.',
  'user-disabled-in-portal': () =>
    'The identity provider says that this user is active, but an administrator disabled the user here. The user can’t sign in until an administrator enables them.',
}
