import { type Static, Type } from 'typebox'
import { STRICT } from '../contract/common.ts'

const LOGO_BYTES = 262_144
const BASE64_CHARACTERS = Math.ceil(LOGO_BYTES / 3) * 4

/** Name and logo at the top of the sign-in pages. */
export const Brand = Type.Object(
  {
    name: Type.String(),
    logo: Type.Union([Type.String(), Type.Null()], { description: 'path of the image; null: no logo' }),
    signInUrl: Type.String({ description: 'the sign-in page of the users' }),
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
        { description: 'PNG, JPEG or WebP of at most 256 KiB, in base64; null removes the logo' },
      ),
    ),
  },
  STRICT,
)
export type BrandChange = Static<typeof BrandChange>
