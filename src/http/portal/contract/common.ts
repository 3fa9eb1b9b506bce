// Schemas that the contracts of several resources share. Start with `Id`, `Time` and `pageOf`. A contract declares what one
// resource sends and receives: the API checks requests and writes the OpenAPI document by it, and the pages take their
// types from it.
import { type Static, type TSchema, Type } from 'typebox'

/** Refuses members that the schema doesn't name. */
export const STRICT = { additionalProperties: false }

export const Id = Type.String({ format: 'uuid' })
/** ISO 8601 in UTC. */
export const Time = Type.String({ format: 'date-time' })
export const OptionalTime = Type.Union([Time, Type.Null()])
export const OptionalText = Type.Union([Type.String(), Type.Null()])

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('auditor')])

export const IdParams = Type.Object({ id: Id })
/** Type parameter of `FastifyRequest` for a route with `IdParams`. */
export type ById = { Params: Static<typeof IdParams> }

/** Returns the schema of a string that is one of the given words. */
export function oneOf<const Words extends readonly string[]>(...words: Words) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: words })
}

/** Returns the schema of one page of a list. `next` goes into `after` for the next page, and is null on the last one. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    next: OptionalText,
    total: Type.Optional(Type.Integer({ minimum: 0 })),
  })
}

export const PAGE_SIZE = 50

/** Enough for a cursor with the longest name that a list can be sorted by, in base64. */
const CURSOR_CHARACTERS = 5_000

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: PAGE_SIZE })),
  after: Type.Optional(
    Type.String({ maxLength: CURSOR_CHARACTERS, description: '`next` of the previous page' }),
  ),
}

/** Format of a download. */
export const DownloadFormat = Type.Optional(
  Type.Union([Type.Literal('csv'), Type.Literal('json')], { default: 'csv' }),
)
