// This folder rewrites what identity providers send into what the standard says. It runs only in lenient mode, before
// messages are read, and src/http/scim calls it. The code behind it (../patch, ../values) doesn't know these quirks;
// the one exception is addDescribed in ../patch/set.ts.
// Start here: the lists below give the order of the rewrites. To add a quirk, write a file whose header shows the
// request as sent, and add it to a list.
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { PATCH_OP } from '../messages/messages.ts'
import type { ResourceSchema } from '../schema/schema.ts'
import { bareValues } from './bare-values.ts'
import { blankExtensionOperations, blankExtensions, blankRemovals, blanks } from './blanks.ts'
import { booleanFilters } from './boolean-filters.ts'
import { flatKeys } from './flat-keys.ts'
import { lists } from './lists.ts'
import { readableSchemas, withMessageSchema } from './message-schemas.ts'
import { numberTexts } from './number-texts.ts'
import { numbers } from './numbers.ts'
import { outerSpaces } from './outer-spaces.ts'
import { pathLessKeys } from './path-less-keys.ts'
import type { BodyQuirk, Note, OperationQuirk, ValueQuirk } from './quirk.ts'
import { readOnlyBlanks } from './read-only-blanks.ts'
import { stringBooleans } from './string-booleans.ts'
import { urnAliasesInBodies, urnAliasesInOperations } from './urn-aliases.ts'
import { type Rewriting, rewriteBodyValues, rewriteOperationValue } from './values.ts'

/** Quirks that move values come before quirks that change them. */
const BODY: readonly BodyQuirk[] = [readableSchemas, urnAliasesInBodies, blankExtensions, flatKeys]
const OPERATION: readonly OperationQuirk[] = [
  outerSpaces,
  urnAliasesInOperations,
  pathLessKeys,
  blankExtensionOperations,
  blankRemovals,
  readOnlyBlanks,
  booleanFilters,
]
const VALUE: readonly ValueQuirk[] = [blanks, lists, bareValues, stringBooleans, numbers, numberTexts]

const NOBODY: Note = () => {}

/**
 * Returns the body of a POST or PUT as the standard expects it. A body that isn't an object is returned unchanged.
 */
export function rewriteResource(body: Json, schema: ResourceSchema, note = NOBODY): Json {
  if (!isObject(body)) return body
  const placed = BODY.reduce((next, quirk) => quirk.rewrite(next, schema), body)
  return rewriteBodyValues(placed, { schema, quirks: VALUE, note })
}

/**
 * Returns a PatchOp message as the standard expects it. One without the shape of a PatchOp is left for the parser to
 * refuse.
 */
export function rewritePatch(sent: Json, schema: ResourceSchema, note = NOBODY): Json {
  const body = withMessageSchema(sent, PATCH_OP)
  if (!isObject(body)) return body
  const rewriting = { schema, quirks: VALUE, note }
  const key = Object.keys(body).find((name) => name.toLowerCase() === 'operations')
  const operations = key === undefined ? undefined : body[key]
  if (key === undefined || !Array.isArray(operations)) return body
  return { ...body, [key]: operations.flatMap((operation) => rewriteOperation(operation, rewriting)) }
}

function rewriteOperation(operation: Json, rewriting: Rewriting): Json[] {
  if (!isObject(operation)) return [operation]
  const placed = OPERATION.reduce<JsonObject[]>(
    (operations, quirk) => operations.flatMap((each) => quirk.rewrite(each, rewriting.schema)),
    [operation],
  )
  return placed.map((each) => rewriteOperationValue(each, rewriting))
}
