import type { Caller } from '#identity-providers/credentials/caller.ts'
import type { ResourceType } from '#identity-providers/schemas/declared-schemas.ts'
import type { Json } from '#protocol/scim/messages/json.ts'
import { withMessageSchema } from '#protocol/scim/quirks/message-schemas.ts'
import { rewritePatch, rewriteResource } from '#protocol/scim/quirks/quirks.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import type { Mode } from '#protocol/scim/values/value.ts'
import type { NoteCode, NoteParams } from '#request-log/notes.ts'

/** How to parse messages of one identity provider: by the standards, or after known quirks have been corrected. */
export interface Dialect {
  readonly mode: Mode
  readonly rewriteResource: (body: Json, schema: ResourceSchema) => Json
  readonly rewritePatch: (body: Json, schema: ResourceSchema) => Json
  /**
   * Corrects a message that is neither a resource nor a PATCH.
   * @param urn of the schema that the message must have
   */
  readonly rewriteMessage: (body: Json, urn: string) => Json
  readonly users: ResourceSchema
  readonly groups: ResourceSchema
  readonly remember: Remember
  readonly note: TakeNote
}

/**
 * Receives names that were ignored in a message because the schemas don't have them.
 * @param habit set if the names are known and this quirk corrected their values
 */
export type Remember = (resourceType: ResourceType, names: readonly string[], habit?: string) => void

/** Receives notes on an accepted message for the request log. */
export type TakeNote = <Code extends NoteCode>(code: Code, params: NoteParams[Code]) => void

const AS_IT_IS = (body: Json) => body
const STRICT = { rewriteResource: AS_IT_IS, rewritePatch: AS_IT_IS, rewriteMessage: AS_IT_IS }

function lenient(remember: Remember): Pick<Dialect, keyof typeof STRICT> {
  const noting = (schema: ResourceSchema) => (habit: string, attribute: string) =>
    remember(schema.resourceType, [attribute], habit)
  return {
    rewriteResource: (body, schema) => rewriteResource(body, schema, noting(schema)),
    rewritePatch: (body, schema) => rewritePatch(body, schema, noting(schema)),
    rewriteMessage: withMessageSchema,
  }
}

export function dialectOf({ mode, schemas }: Caller['idp'], remember: Remember, note: TakeNote): Dialect {
  return { mode, ...(mode === 'strict' ? STRICT : lenient(remember)), ...schemas, remember, note }
}
