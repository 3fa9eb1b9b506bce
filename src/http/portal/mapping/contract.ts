import { type Static, Type } from 'typebox'
import { Id, OptionalText, STRICT } from '../contract/common.ts'
import { Mapping } from '../identity-providers/contract.ts'

const Rules = Type.Union([Mapping, Type.Null()], { description: 'null: the default mapping' })
const Profile = Type.Record(Type.String(), Type.String())

const Path = Type.Object({
  path: Type.String(),
  type: Type.String(),
  multiValued: Type.Boolean({ description: 'the path can select several values' }),
  description: Type.String(),
})

/** The attribute mapping of one identity provider, with everything that an editor needs to change it. */
export const AttributeMapping = Type.Object(
  {
    name: Type.String({ description: 'name of the identity provider' }),
    mapping: Mapping,
    isDefault: Type.Boolean({ description: 'the identity provider uses the default mapping' }),
    presets: Type.Array(Type.Object({ name: Type.String(), mapping: Mapping }), {
      description: 'mappings for known identity providers; `generic` is the default',
    }),
    attributes: Type.Array(Type.Object({ name: Type.String(), required: Type.Boolean() }), {
      description: 'attributes of every profile; a mapping can add others',
    }),
    paths: Type.Array(Path, { description: 'paths of its SCIM schemas, for completion' }),
    version: Type.String({
      description: 'version of the identity provider, also the ETag; for If-Match',
    }),
  },
  { $id: 'AttributeMapping' },
)
export type AttributeMapping = Static<typeof AttributeMapping>

export const PreviewMapping = Type.Object(
  {
    mapping: Rules,
    userIds: Type.Optional(Type.Array(Id, { maxItems: 5 })),
    search: Type.Optional(Type.String({ maxLength: 200, description: 'finds users; instead of userIds' })),
  },
  STRICT,
)
export type PreviewMapping = Static<typeof PreviewMapping>

export const MappingPreview = Type.Object(
  {
    users: Type.Array(
      Type.Object({
        id: Id,
        userName: Type.String(),
        displayName: OptionalText,
        deleted: Type.Boolean({ description: 'deleted in the portal: the profile stays empty' }),
        before: Profile,
        after: Profile,
      }),
    ),
    problems: Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
      description: 'rules with errors; `after` is the result of the other rules',
    }),
  },
  { $id: 'MappingPreview' },
)
export type MappingPreview = Static<typeof MappingPreview>

export const SaveMapping = Type.Object({ mapping: Rules }, STRICT)
export type SaveMapping = Static<typeof SaveMapping>

export const SavedMapping = Type.Object({
  version: Type.String(),
  jobId: Type.Union([Id, Type.Null()], {
    description: 'the job that recomputes the profiles; null when nothing has to be recomputed',
  }),
})
export type SavedMapping = Static<typeof SavedMapping>
