import type { BODY_REFUSALS } from '#protocol/scim/refusals/body.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, sendAgain } from './steps.ts'

export const BODY: Explanations<keyof typeof BODY_REFUSALS> = {
  'body-missing': (_, { idp }) => ({
    cause: 'The request came without a body, although it was to write something.',
    steps: [
      `Check whether a proxy between ${idp.name} and this service removes bodies.`,
      ...brokenMessage(idp),
    ],
  }),
  'body-not-utf8': (_, { idp }) => ({
    cause: 'The body of the request is not text in UTF-8.',
    steps: brokenMessage(idp),
  }),
  'body-not-json': (_, { idp }) => ({
    cause: 'The body of the request is not JSON. It may have been cut off on its way.',
    steps: [
      `Check whether a proxy between ${idp.name} and this service changes bodies.`,
      ...brokenMessage(idp),
    ],
  }),
  'body-not-object': (_, { idp }) => ({
    cause: 'The body of the request is JSON, but no object.',
    steps: brokenMessage(idp),
  }),
  'body-too-deep': ({ limit }, { idp }) => ({
    cause: `Lists and objects in the body are nested more than ${limit} deep.`,
    steps: brokenMessage(idp),
  }),
  'body-forbidden-name': (_, { idp }) => ({
    cause: 'The body contains an attribute called __proto__, which is never accepted.',
    steps: [`Remove that attribute from the mapping in ${idp.name}: ${idp.mapping}.`, sendAgain(idp)],
  }),
  'text-unstorable': ({ at }, { who, idp }) => ({
    cause: `${at} of ${who} contains a character that no text can contain.`,
    steps: [`Correct the value for ${who} in ${idp.name}.`, sendAgain(idp)],
  }),
  'body-too-large': ({ limit }, { idp }) => ({
    cause: `The body of the request is larger than ${limit} bytes, which is the most that is accepted there.`,
    steps: [`Let ${idp.name} send less in one request: fewer members, or fewer operations.`],
  }),
  'encoding-unsupported': (_, { idp }) => ({
    cause: 'The body of the request was compressed.',
    steps: [`Switch off the compression of requests in ${idp.name}, or in the proxy on the way.`],
  }),
  'media-type-unsupported': (_, { idp }) => ({
    cause: 'The body of the request was not sent as JSON.',
    steps: [`Set the content type to application/scim+json in ${idp.name}: ${idp.endpoint}.`],
  }),
  'message-schema-missing': ({ urn }, { idp }) => ({
    cause: `The message does not say that it is one of SCIM 2.0: schemas does not name ${urn}.`,
    steps: [
      'This identity provider is read strictly. In lenient mode the message would be read: Identity Providers › this one.',
      ...brokenMessage(idp),
    ],
  }),
  'message-part-wrong': ({ part }, { idp }) => ({
    cause: `A part of the message is not what SCIM 2.0 asks for: ${part}.`,
    steps: brokenMessage(idp),
  }),
  'patch-too-long': ({ limit }, { idp }) => ({
    cause: `The PATCH has more than ${limit} operations.`,
    steps: [`Let ${idp.name} send fewer changes in one request.`],
  }),
}
