// What is known to go wrong between an identity provider and SCIM, by what was answered. A table: what stands first and
// fits explains a failure; the last one fits everything.
import type { Console } from './consoles.ts'
import type { Explanation, Failure } from './explain.ts'

export interface Known {
  readonly code: string
  readonly where: Explanation['where']
  readonly fits: (failure: Failure) => boolean
  readonly field?: (failure: Failure) => string | undefined
  readonly cause: (failure: Failure) => string
  readonly steps: (console: Console, failure: Failure, field: string | undefined) => readonly string[]
}

const says = (pattern: RegExp) => (failure: Failure) => pattern.test(failure.detail ?? '')
const is = (status: number, scimType?: string) => (failure: Failure) =>
  failure.status === status && (scimType === undefined || failure.scimType === scimType)
const both = (a: Known['fits'], b: Known['fits']) => (failure: Failure) => a(failure) && b(failure)

const who = ({ objectName, objectType }: Failure) =>
  objectName ? `“${objectName}”` : objectType === 'Group' ? 'this group' : 'this person'

/** An attribute at the beginning of what was told, or in quotes: `emails[0].value is …`, `The path "x" …`. */
function attributeIn({ detail }: Failure): string | undefined {
  const text = detail ?? ''
  return (
    /^(?:Operations\[\d+\]\.)?((?:urn:[\w.:-]+:)?[a-zA-Z$][\w$-]*(?:\[[^\]]*\])?(?:\.[\w$-]+)*) (?:is|must|has|needs|cannot|may|holds)\b/.exec(
      text,
    )?.[1] ?? /(?:path|attribute) "?([\w.:$[\]-]+)"?/.exec(text)?.[1]
  )
}

/** The first that fits is the explanation. */
export const KNOWN: readonly Known[] = [
  {
    code: 'bulk-part',
    where: 'idp',
    fits: ({ operation, status }) => operation === 'bulk' && status < 400,
    cause: () => 'Some operations of this bulk request failed; the others were done.',
    steps: (at) => [
      'The answer below names each operation by its bulkId, with its status and the reason.',
      `When the reason is put right: ${at.again}.`,
    ],
  },
  {
    code: 'credentials',
    where: 'idp',
    fits: is(401),
    cause: ({ detail }) =>
      /retired/.test(detail ?? '')
        ? 'It came with credentials that were retired here.'
        : /expired/.test(detail ?? '')
          ? 'It came with credentials that have expired.'
          : /not for the identity provider/.test(detail ?? '')
            ? 'It came with the credentials of another identity provider of yours.'
            : 'It came without credentials, or with ones that nobody here has.',
    steps: (at) => [
      'Make new credentials here: Identity Providers › this one › Rotate. The old ones work until you retire them.',
      `Paste the new token in ${at.name}: ${at.credentials}. Save, and test the connection there.`,
    ],
  },
  {
    code: 'provisioning-off',
    where: 'here',
    fits: both(is(403), says(/Auto-provisioning is off|is disabled/)),
    cause: ({ detail }) =>
      /disabled/.test(detail ?? '')
        ? 'This identity provider is switched off here, so nothing it sends is taken.'
        : 'Auto-provisioning is switched off here, so nothing it sends is taken.',
    steps: (at) => [
      'Switch it on here: Identity Providers › this one. People and groups that came before are taken up again.',
      `What failed meanwhile is sent again by ${at.name} in its next cycle. To hurry: ${at.again}.`,
    ],
  },
  {
    code: 'not-allowed',
    where: 'idp',
    fits: is(403),
    cause: () => 'What it asked for is not allowed here.',
    steps: (at) => [`See what ${at.name} was about to do: ${at.log}.`],
  },
  {
    code: 'endpoint',
    where: 'idp',
    fits: (failure) => (is(404)(failure) && says(/no such SCIM endpoint/)(failure)) || failure.status === 405,
    cause: () =>
      'The address it asked is not one of the SCIM endpoint: the base URL there is not the one shown here.',
    steps: (at) => [
      'Copy the SCIM endpoint here: Identity Providers › this one.',
      `Paste it in ${at.name} as it is, without anything added: ${at.endpoint}.`,
    ],
  },
  {
    code: 'gone',
    where: 'idp',
    fits: is(404),
    cause: (failure) =>
      `${who(failure)} is not here (any more), but the identity provider still knows it by the id it had.`,
    steps: (at) => [
      `Let ${at.name} look for it anew, so that it is created again: ${at.again}.`,
      'If it was deleted here by mistake, see the Audit Log for who did it and when.',
    ],
  },
  {
    code: 'external-id-taken',
    where: 'idp',
    fits: both(is(409), says(/externalId/)),
    field: () => 'externalId',
    cause: () => 'Another one of this identity provider already has this externalId.',
    steps: (at) => [
      `Map externalId to an id that no two of them share, such as the object id: ${at.mapping}.`,
      `Then send it again: ${at.again}.`,
    ],
  },
  {
    code: 'group-name-taken',
    where: 'idp',
    fits: (failure) => is(409)(failure) && failure.objectType === 'Group',
    field: () => 'displayName',
    cause: (failure) => `Another group of this identity provider is already called ${who(failure)}.`,
    steps: (at) => [
      `Give one of the two groups another name in ${at.name}, or leave one out of the assignment.`,
      'Or allow groups of the same name here: Identity Providers › this one › unique group names.',
      `Then send it again: ${at.again}.`,
    ],
  },
  {
    code: 'user-name-taken',
    where: 'idp',
    fits: is(409, 'uniqueness'),
    field: () => 'userName',
    cause: (failure) =>
      `Another person of this identity provider already has the userName ${who(failure)}; letter case does not count.`,
    steps: (at, failure) => [
      `Look for ${who(failure)} under Users here: is it the same person, kept from an earlier sync, or somebody else?`,
      `Two people with the same value: in ${at.name}, map userName to something unique, or change one value: ${at.mapping}.`,
      `The same person: let ${at.name} match by userName, so that it takes up the one that is here. Then ${at.again}.`,
    ],
  },
  {
    code: 'conflict',
    where: 'idp',
    fits: is(409),
    cause: () => 'It contradicts something that is already here.',
    steps: (at) => [`See what ${at.name} was about to do: ${at.log}. Then ${at.again}.`],
  },
  {
    code: 'stale',
    where: 'nowhere',
    fits: is(412),
    cause: () =>
      'It was changed by somebody else meanwhile. The identity provider reads it anew and tries again.',
    steps: () => [],
  },
  {
    code: 'too-large',
    where: 'idp',
    fits: is(413),
    cause: () => 'The request is larger than this service takes at once.',
    steps: (at) => [
      `Let ${at.name} send less at once: smaller pages of members, fewer operations in one request.`,
    ],
  },
  {
    code: 'media-type',
    where: 'idp',
    fits: is(415),
    cause: () => 'The body is not sent as JSON of SCIM.',
    steps: (at) => [`Set the content type to application/scim+json in ${at.name}: ${at.endpoint}.`],
  },
  {
    code: 'too-fast',
    where: 'nowhere',
    fits: is(429),
    cause: () =>
      'It sent more requests in a second than are let in. It was told to wait, and goes on by itself.',
    steps: () => [
      'If this goes on for hours, whoever runs this service can raise the rate (DOORLIST_SCIM_RATE).',
    ],
  },
  {
    code: 'required',
    where: 'idp',
    fits: both(is(400), says(/is required$/)),
    field: ({ detail }) => /([\w.:$[\]-]+) is required$/.exec(detail ?? '')?.[1],
    cause: (failure) => `${who(failure)} came without a value that everybody needs.`,
    steps: (at, failure, field) => [
      `Map ${field ?? 'the attribute'} in ${at.name} to something that everybody has: ${at.mapping}.`,
      `Or fill in the value for ${who(failure)} there. Then ${at.again}.`,
    ],
  },
  {
    code: 'member-unknown',
    where: 'idp',
    fits: both(is(400), says(/^members.*is not the id of/)),
    field: () => 'members',
    cause: () => 'A member is named by an id that no user or group of this identity provider has here.',
    steps: (at) => [
      `Assign the people of this group to the application too, so that they are created before they are members.`,
      `Or let ${at.name} send the group anew: ${at.again}.`,
    ],
  },
  {
    code: 'unknown-attribute',
    where: 'here',
    fits: both(is(400), says(/There is no (?:attribute|schema)/)),
    field: ({ detail }) => /There is no (?:attribute|schema) (\S+)/.exec(detail ?? '')?.[1],
    cause: () => 'It sent an attribute that nobody declared, and this identity provider is read strictly.',
    steps: (at, _failure, field) => [
      `Declare ${field ?? 'it'} here if you want it (below, under unknown attributes), or set the mode to lenient: then it is left out.`,
      `Or take it out of what ${at.name} sends: ${at.mapping}.`,
    ],
  },
  {
    code: 'read-only',
    where: 'idp',
    fits: is(400, 'mutability'),
    field: attributeIn,
    cause: () => 'It tried to set an attribute that cannot be set, or not again.',
    steps: (at, _failure, field) => [
      `Take ${field ?? 'the attribute'} out of the mapping in ${at.name}: ${at.mapping}.`,
    ],
  },
  {
    code: 'filter',
    where: 'idp',
    fits: is(400, 'invalidFilter'),
    cause: () =>
      'It looked for somebody by a filter that cannot be read, or by an attribute that does not exist.',
    steps: (at) => [
      `Choose userName or externalId as the attribute to match by in ${at.name}: ${at.mapping}.`,
    ],
  },
  {
    code: 'path',
    where: 'idp',
    fits: (failure) => is(400, 'invalidPath')(failure) || is(400, 'noTarget')(failure),
    field: attributeIn,
    cause: () => 'It changed something at a place that does not exist.',
    steps: (at, _failure, field) => [
      `Correct the target attribute${field ? ` ${field}` : ''} in ${at.name}: ${at.mapping}.`,
    ],
  },
  {
    code: 'too-many',
    where: 'idp',
    fits: is(400, 'tooMany'),
    cause: () => 'The question is too large to be answered in the time that one request may take.',
    steps: (at) => [`Match by userName or externalId in ${at.name}: ${at.mapping}.`],
  },
  {
    code: 'value',
    where: 'idp',
    fits: is(400, 'invalidValue'),
    field: attributeIn,
    cause: (failure) => `A value of ${who(failure)} is not what it must be.`,
    steps: (at, failure, field) => [
      `Correct the value of ${field ?? 'the attribute'} for ${who(failure)} in ${at.name}, or map another source to it: ${at.mapping}.`,
      `Then send it again: ${at.again}.`,
    ],
  },
  {
    code: 'syntax',
    where: 'idp',
    fits: is(400),
    field: attributeIn,
    cause: () => 'The message is not one of SCIM 2.0.',
    steps: (at) => [`Check that ${at.name} is set to SCIM 2.0 and not to an older version: ${at.endpoint}.`],
  },
  {
    code: 'unavailable',
    where: 'nowhere',
    fits: is(503),
    cause: () => 'This service could not reach its database at that moment. Nothing was half done.',
    steps: (at) => [
      `${at.name} tries again by itself. App Gateways shows when it was away; to hurry: ${at.again}.`,
    ],
  },
  {
    code: 'unsupported',
    where: 'idp',
    fits: is(501),
    cause: () => 'It asked for something that this service does not do.',
    steps: (at) => [`Switch it off in ${at.name}: ${at.endpoint}.`],
  },
  {
    code: 'internal',
    where: 'here',
    fits: () => true,
    cause: () => 'Something went wrong in this service; nothing was half done.',
    steps: (at) => [
      'Whoever runs this service finds the reason in its log, by the request id.',
      `${at.name} tries again by itself; to hurry: ${at.again}.`,
    ],
  },
]
