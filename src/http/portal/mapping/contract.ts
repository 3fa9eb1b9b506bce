import { type Static, Type } from 'typebox'
import { Id, OptionalText } from '../contract/common.ts'
import { Mapping } from '../identity-providers/contract.ts'

const Rules = Type.Union([Mapping, Type.Null()], { description: 'null: the default' })
const Profile = Type.Record(Type.String(), Type.String())

const Path = Type.Object({
  path: Type.String(),
  type: Type.String(),
  multiValued: Type.Boolean({ description: 'it may select several values' }),
  description: Type.String(),
})

/** How the users of one identity provider get their profiles, and all that an editor needs to change it. */
export const AttributeMapping = Type.Object(
  {
    name: Type.String({ description: 'of the identity provider' }),
    mapping: Mapping,
    isDefault: Type.Boolean({ description: 'it has none of its own' }),
    presets: Type.Array(Type.Object({ name: Type.String(), mapping: Mapping }), {
      description: 'what fits known identity providers; `generic` is the default',
    }),
    attributes: Type.Array(Type.Object({ name: Type.String(), required: Type.Boolean() }), {
      description: 'of every profile; a mapping may make others',
    }),
    paths: Type.Array(Path, { description: 'of its schemas, for completion' }),
    version: Type.String({
      description: 'of the identity provider, also the ETag; give it back in If-Match',
    }),
  },
  { $id: 'AttributeMapping' },
)
export type AttributeMapping = Static<typeof AttributeMapping>

export const PreviewMapping = Type.Object(
  {
    mapping: Rules,
    userIds: Type.Optional(Type.Array(Id, { maxItems: 5 })),
    search: Type.Optional(Type.String({ maxLength: 200, description: 'instead of ids' })),
  },
  { additionalProperties: false },
)

export const MappingPreview = Type.Object(
  {
    users: Type.Array(
      Type.Object({
        id: Id,
        userName: Type.String(),
        displayName: OptionalText,
        deleted: Type.Boolean({ description: 'in the portal: the profile is empty whatever the mapping' }),
        before: Profile,
        after: Profile,
      }),
    ),
    problems: Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
      description: 'rules that are not good; `after` is made by the others',
    }),
  },
  { $id: 'MappingPreview' },
)
export type MappingPreview = Static<typeof MappingPreview>

export const SaveMapping = Type.Object({ mapping: Rules }, { additionalProperties: false })

export const SavedMapping = Type.Object({
  version: Type.String(),
  jobId: Type.Union([Id, Type.Null()], {
    description: 'the job that makes the profiles anew; null when there is nothing to make anew',
  }),
})
export type SavedMapping = Static<typeof SavedMapping>
