// Everything that reads a part of a SCIM message.
import { compileMapping, readMapping } from '#directory/profiles/mapping.ts'
import { profileOf } from '#directory/profiles/profile.ts'
import { Invalid } from '#errors.ts'
import { openCursors } from '#http/scim/cursors.ts'
import { createSeal } from '#platform/crypto/seal.ts'
import { parseBulkRequest } from '#protocol/scim/bulk/bulk.ts'
import { orderOperations } from '#protocol/scim/bulk/order.ts'
import { parseFilter } from '#protocol/scim/filter/filter.ts'
import { matches } from '#protocol/scim/filter/match.ts'
import { findPath } from '#protocol/scim/filter/path.ts'
import { printFilter } from '#protocol/scim/filter/print.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { ifMatch, noneMatch } from '#protocol/scim/messages/etag.ts'
import { type Json, parseJson } from '#protocol/scim/messages/json.ts'
import { parseListQuery, searchParameters } from '#protocol/scim/messages/list-query.ts'
import { parsePatchOp } from '#protocol/scim/messages/messages.ts'
import { parseProjection, project } from '#protocol/scim/messages/projection.ts'
import { planMembers } from '#protocol/scim/patch/membership.ts'
import { applyPatch } from '#protocol/scim/patch/patch.ts'
import { rewritePatch, rewriteResource } from '#protocol/scim/quirks/quirks.ts'
import { readCustomSchema, SchemaFault } from '#protocol/scim/schema/custom-schema.ts'
import { lookUp } from '#protocol/scim/schema/names.ts'
import {
  groupSchema,
  strictUserSchema,
  userSchema,
  withExtensions,
} from '#protocol/scim/schema/resource-schema.ts'
import { instantOf } from '#protocol/scim/values/date-time.ts'
import { type Resource, readResource } from '#protocol/scim/values/resource.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { userNameFault, userNameKey } from '#protocol/scim/values/user-name.ts'
import { fullUser } from '../sweep/scim.ts'
import { jsonOf, textsOf } from './generate.ts'
import { demandSame, type Target, throwing } from './target.ts'

const refuses = throwing(ScimError)
const PAGE = { defaultCount: 100, maxCount: 1_000 }
const { resource: ADA } = readResource(fullUser('ada') as Json, userSchema, 'lenient')
const at = { tenantId: 't', idpId: 'i' } as Parameters<ReturnType<typeof openCursors>['read']>[0]
const cursors = openCursors(createSeal('a secret of this fuzz'), () => new Date('2026-01-01T00:00:00Z'))

const QUESTION = { list: 'users', count: 10 }
const PLACE = { id: '01890000-0000-7000-8000-000000000000', key: 'ada' }
const { nextCursor: CURSOR } = cursors.around(at, QUESTION, { previous: undefined, next: PLACE })

/** As it came, to be compared later. */
const copyOf = (value: unknown) => JSON.stringify(value)

export const SCIM_TARGETS: readonly Target[] = [
  {
    name: 'scim-filter',
    input: textsOf('scim-filter'),
    read(text) {
      const filter = parseFilter(text, userSchema)
      const printed = printFilter(filter)
      demandSame('a filter that is printed and read', printFilter(parseFilter(printed, userSchema)), printed)
      matches(ADA, filter)
    },
    refuses,
  },
  {
    name: 'scim-path',
    input: textsOf('scim-path'),
    read(text) {
      findPath(text, userSchema)
    },
    refuses,
  },
  {
    name: 'scim-patch',
    input: jsonOf('scim-patch'),
    read(text) {
      const body = parseJson(text)
      demandRefusal(() => tryPatch(body, 'strict'))
      tryPatch(body, 'lenient')
    },
    refuses,
  },
  {
    name: 'scim-members',
    input: jsonOf('scim-members'),
    read(text) {
      const operations = parsePatchOp(rewritePatch(parseJson(text), groupSchema))
      planMembers(operations, 'lenient')
    },
    refuses,
  },
  {
    name: 'scim-user',
    input: jsonOf('scim-user'),
    read(text) {
      const body = parseJson(text)
      const before = copyOf(body)
      const { resource } = readResource(rewriteResource(body, userSchema), userSchema, 'lenient')
      demandSame('a body that was read', copyOf(body), before)
      demandSame(
        'a user that is read again',
        readResource(resource, userSchema, 'lenient').resource,
        resource,
      )
      demandRefusal(() => readResource(body, strictUserSchema, 'strict'))
    },
    refuses,
  },
  {
    name: 'scim-json',
    input: textsOf('scim-json'),
    read: (text) => demandSame('JSON', parseJson(Buffer.from(text)), JSON.parse(text.toWellFormed())),
    refuses,
  },
  {
    name: 'scim-bulk',
    input: jsonOf('scim-bulk'),
    read(text) {
      const { operations } = parseBulkRequest(parseJson(text))
      orderOperations(operations)
    },
    refuses,
  },
  {
    name: 'scim-cursor',
    input: textsOf('scim-cursor', [CURSOR ?? '']),
    read: (text) => void cursors.read(at, QUESTION, text),
    refuses,
  },
  {
    name: 'scim-custom-schema',
    input: jsonOf('scim-custom-schema'),
    read(text) {
      const schema = readCustomSchema(parseJson(text))
      demandSame('a schema that is read again', readCustomSchema(JSON.parse(copyOf(schema)) as Json), schema)
      const extended = withExtensions(userSchema, [schema])
      readResource({ schemas: [userSchema.core.id], userName: 'a', [schema.id]: {} }, extended, 'lenient')
    },
    refuses: throwing(ScimError, SchemaFault),
  },
  {
    name: 'scim-name',
    input: textsOf('scim-name'),
    read(text) {
      lookUp(userSchema, text)
      userNameFault(text)
      demandSame('a key of a key', caseKey(caseKey(text)), caseKey(text))
      demandSame('a key of a user name', userNameKey(userNameKey(text)), userNameKey(text))
    },
    refuses: () => false,
  },
  {
    name: 'scim-query',
    input: jsonOf('scim-query'),
    read(text) {
      const parameters = searchParameters(parseJson(text))
      parseListQuery(parameters, userSchema, PAGE, [groupSchema])
      project({ id: 'x', ...ADA }, userSchema, parseProjection(userSchema, parameters))
    },
    refuses,
  },
  {
    name: 'scim-etag',
    input: textsOf('scim-etag'),
    read(text) {
      ifMatch(text)?.('W/"1"')
      noneMatch(text, 'W/"1"')
    },
    refuses,
  },
  {
    name: 'scim-date-time',
    input: textsOf('date-time'),
    read: (text) => void instantOf(text),
    refuses: () => false,
  },
  {
    name: 'attribute-mapping',
    input: jsonOf('attribute-mapping'),
    read(text) {
      const given: unknown = parseJson(text)
      const mapping = readMapping(Array.isArray(given) ? given : [given], userSchema)
      profileOf(ADA, compileMapping(mapping, userSchema))
    },
    refuses: throwing(ScimError, Invalid),
  },
]

/** It is read, or refused as it should be. */
function demandRefusal(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!refuses(error)) throw error
  }
}

function tryPatch(body: Json, mode: 'lenient' | 'strict'): void {
  const before = copyOf([body, ADA])
  const operations = parsePatchOp(mode === 'lenient' ? rewritePatch(body, userSchema) : body)
  const { resource } = applyPatch(ADA, operations, userSchema, mode)
  demandSame('a body and a user that were patched', copyOf([body, ADA]), before)
  demandReadable(resource)
}

/** What a PATCH makes is what a PUT of it would make. */
function demandReadable(resource: Resource): void {
  demandSame('a patched user that is read', readResource(resource, userSchema, 'lenient').resource, resource)
}
