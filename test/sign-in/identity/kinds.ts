// The ways in which an identity provider says who signs in. Wherever an identifier is opaque, an attribute has the name.
import { randomUUID } from 'node:crypto'
import type { Matching } from '#identity-providers/settings.ts'

/** What the identity provider knows of somebody: an identifier that stays, and the name of today. */
export interface Someone {
  readonly id: string
  readonly name: string
  /** What a second attribute or claim says; nothing otherwise. */
  readonly alias?: string
}

const urn = (version: '1.1' | '2.0', format: string) =>
  `urn:oasis:names:tc:SAML:${version}:nameid-format:${format}`

export const FORMATS = {
  email: urn('1.1', 'emailAddress'),
  unspecified: urn('1.1', 'unspecified'),
  persistent: urn('2.0', 'persistent'),
  transient: urn('2.0', 'transient'),
} as const
export type Format = keyof typeof FORMATS

export interface Kind {
  readonly name: string
  /** Whether what arrives is linked to the user. */
  readonly stable: boolean
  /** Of the NameID; none for OIDC. */
  readonly format?: Format
  readonly matching: Matching | null
}

const BY_ATTRIBUTE = { source: 'uid', target: 'userName' } as const

const SAML_EMAIL: Kind = { name: 'SAML email', stable: false, format: 'email', matching: null }
const SAML_UNSPECIFIED: Kind = {
  name: 'SAML unspecified',
  stable: false,
  format: 'unspecified',
  matching: null,
}
const SAML_PERSISTENT: Kind = {
  name: 'SAML persistent',
  stable: true,
  format: 'persistent',
  matching: BY_ATTRIBUTE,
}
const SAML_TRANSIENT: Kind = {
  name: 'SAML transient',
  stable: false,
  format: 'transient',
  matching: BY_ATTRIBUTE,
}
const OIDC_SUB: Kind = { name: 'OIDC sub', stable: true, matching: null }
export const KINDS = [SAML_EMAIL, SAML_UNSPECIFIED, SAML_PERSISTENT, SAML_TRANSIENT, OIDC_SUB]

/** What the NameID is. */
export function nameIdOf(format: Format, { id, name }: Someone): string {
  if (format === 'transient') return `_${randomUUID()}`
  return format === 'persistent' ? id : name
}

/** OpenID Connect, or SAML in every format; of all of them the name stands in the attribute that the rule names. */
export function nameKinds(protocol: 'OpenID Connect' | 'SAML'): readonly Kind[] {
  if (protocol === 'OpenID Connect') return [OIDC_SUB]
  return (Object.keys(FORMATS) as Format[]).map((format) => ({
    name: `SAML ${format}`,
    stable: format === 'persistent',
    format,
    matching: BY_ATTRIBUTE,
  }))
}
