// What identity providers send that the standard does not say, in the order in which it is put right. Only an IdP that
// is treated leniently comes here; the engine behind it (patch.ts, resource.ts) knows nothing of dialects, but for the
// missing element of patch-set.ts. How to add one: a file that shows the request as sent, and a line in a list here.
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

/** First where a value belongs, then what it is. */
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

/** The body of a POST or PUT as the standard would have it. What is no object is returned as it is. */
export function rewriteResource(body: Json, schema: ResourceSchema, note = NOBODY): Json {
  if (!isObject(body)) return body
  const placed = BODY.reduce((next, quirk) => quirk.rewrite(next, schema), body)
  return rewriteBodyValues(placed, { schema, quirks: VALUE, note })
}

/** A whole PatchOp message as the standard would have it; what has not the shape of one is left to be refused. */
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
