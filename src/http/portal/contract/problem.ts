import { type Static, Type } from 'typebox'

/** The body of every error of the API. @see RFC 9457 */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'always about:blank' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'a sentence for the reader' }),
    code: Type.String({ description: 'a stable word for programs, such as conflict or csrf' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ description: 'name of the field, dotted inside objects' }),
          message: Type.String({ description: 'the rule that the value breaks' }),
        }),
      ),
    ),
    sharedExternalIds: Type.Optional(
      Type.Array(
        Type.Object({
          type: Type.Unsafe<'User' | 'Group'>({ type: 'string', enum: ['User', 'Group'] }),
          externalId: Type.String(),
          holders: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
        }),
        { description: 'of `shared-external-ids`: the first 20 pairs that share one' },
      ),
    ),
    requestId: Type.Optional(Type.String({ description: 'also in the log of the service' })),
  },
  { $id: 'Problem' },
)
export type Problem = Static<typeof Problem>
