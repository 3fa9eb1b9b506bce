import { type TSchema, Type } from 'typebox'

export const Id = Type.String({ format: 'uuid' })
/** ISO 8601 in UTC. */
export const Time = Type.String({ format: 'date-time' })
export const OptionalTime = Type.Union([Time, Type.Null()])
export const OptionalText = Type.Union([Type.String(), Type.Null()])

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('auditor')])

export const IdParams = Type.Object({ id: Id })

/** A page of a list, and where the next begins. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    /** Give it back as `after`; null on the last page. */
    next: OptionalText,
    total: Type.Optional(Type.Integer({ minimum: 0 })),
  })
}

/** Of the longest name that can be sorted by, in base64. */
const CURSOR_CHARACTERS = 5_000

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  after: Type.Optional(
    Type.String({ maxLength: CURSOR_CHARACTERS, description: '`next` of the page before' }),
  ),
}
