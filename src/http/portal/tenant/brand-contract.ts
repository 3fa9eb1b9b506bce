import { type Static, Type } from 'typebox'

const LOGO_BYTES = 262_144
const BASE64_CHARACTERS = Math.ceil(LOGO_BYTES / 3) * 4

/** What the pages of the tenant's people show on top. */
export const Brand = Type.Object(
  {
    name: Type.String(),
    logo: Type.Union([Type.String(), Type.Null()], {
      description: 'path of the picture; null: there is none',
    }),
    signInUrl: Type.String({ description: 'where its people sign in' }),
  },
  { $id: 'Brand' },
)
export type Brand = Static<typeof Brand>

export const BrandChange = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 400 })),
    logo: Type.Optional(
      Type.Union(
        [Type.String({ maxLength: BASE64_CHARACTERS + 4, contentEncoding: 'base64' }), Type.Null()],
        {
          description: 'PNG, JPEG or WebP of at most 256 KiB, in base64; null takes it away',
        },
      ),
    ),
  },
  { additionalProperties: false },
)
export type BrandChange = Static<typeof BrandChange>
