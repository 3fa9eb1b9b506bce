import { type Static, type TNull, type TOptional, type TSchema, type TUnion, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, oneOf, pageOf, Time } from '../contract/common.ts'

const optional = Type.Optional
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const text = (maxLength: number) => Type.String({ maxLength })

const ProviderType = oneOf('local', 'saml', 'oidc')
const Mfa = oneOf('mandatory', 'none', 'external')
const MfaMethod = oneOf('totp', 'passkey', 'email', 'phone')
const SsoBinding = oneOf('redirect', 'post')
const ClientAuthentication = oneOf('basic', 'post')

const MfaDemand = Type.Object(
  {
    amr: optional(Type.Array(text(255), { maxItems: 20 })),
    acr: optional(Type.Array(text(255), { maxItems: 20 })),
    authnContext: optional(Type.Array(text(255), { maxItems: 20 })),
  },
  { additionalProperties: false, description: 'the sign-in must have at least one value of each list' },
)

const Matching = Type.Object(
  { source: text(255), target: oneOf('userName', 'externalId') },
  {
    additionalProperties: false,
    description: 'the claim or assertion attribute with which the provisioned user is found',
  },
)

const MappingStep = Type.Object(
  {
    op: oneOf('lower', 'upper', 'trim', 'first', 'join', 'before', 'after'),
    separator: optional(text(100)),
    text: optional(text(100)),
  },
  { additionalProperties: false },
)
const MappingRule = Type.Object(
  {
    attribute: text(100),
    source: optional(text(1_000)),
    constant: optional(text(1_000)),
    steps: optional(Type.Array(MappingStep, { maxItems: 20 })),
    default: optional(text(1_000)),
  },
  { additionalProperties: false },
)
export const Mapping = Type.Array(MappingRule, { maxItems: 100 })
export type Mapping = Static<typeof Mapping>

const settings = {
  enabled: Type.Boolean(),
  autoProvisioning: Type.Boolean(),
  mode: oneOf('lenient', 'strict'),
  mfa: Mfa,
  mfaMethods: Type.Array(MfaMethod, { maxItems: 4 }),
  mfaDemand: MfaDemand,
  rememberDeviceDays: Type.Integer({ minimum: 0, maximum: 90 }),
  enroll: oneOf('admin', 'self'),
  askPersonalDesktop: Type.Boolean(),
  activation: oneOf('automatic', 'manual'),
  uniqueGroupNames: Type.Boolean(),
  uniqueExternalIds: Type.Boolean({
    description:
      'a second user or group with the same externalId is refused. The externalIds of users are unique in any case while `matching` finds users by them. Turning either on is refused (409, shared-external-ids) while users or groups share one',
  }),
  mapping: orNull(Mapping),
  matching: orNull(Matching),
  stableIdentifier: Type.Union([text(255), Type.Null()], {
    description:
      'the claim or assertion attribute that never changes and is never reassigned; null: sub, or a NameID in the persistent format',
  }),
}

/** Settings in a request: an empty value never gives more users access. Wider access has a word of its own. */
const givenSettings = {
  ...settings,
  mfaDemand: Type.Union([MfaDemand, Type.Literal('none')], {
    description:
      'for external MFA; "none" trusts every sign-in at the identity provider, and is the only way to remove a demand',
  }),
  matching: Type.Union([Matching, Type.Literal('default'), Type.Null()], {
    description: '"default" finds users by their userName, and is the only way to remove a rule',
  }),
}

const plainDetails = {
  entityIssuer: text(2_000),
  ssoUrl: text(3_000),
  ssoBinding: SsoBinding,
  sloUrl: text(3_000),
  nameIdFormat: text(500),
  metadataUrl: text(3_000),
  signRequests: Type.Boolean(),
  idpInitiated: Type.Boolean(),
  issuer: text(3_000),
  clientId: text(1_000),
  clientAuthentication: ClientAuthentication,
  scopes: Type.Array(text(200), { maxItems: 50 }),
}

export const Certificate = Type.Object({
  pem: Type.String(),
  subject: Type.String(),
  fingerprint: Type.String({ description: 'SHA-256, AB:CD:…' }),
  notBefore: Time,
  notAfter: Time,
})
export type Certificate = Static<typeof Certificate>

/** One of our own certificates for a SAML identity provider. Its private key is never shown. */
export const ServiceCertificate = Type.Object(
  {
    id: Id,
    ...Certificate.properties,
    state: oneOf('signing', 'next', 'retired'),
    retiredAt: OptionalTime,
  },
  { $id: 'ServiceCertificate' },
)
export type ServiceCertificate = Static<typeof ServiceCertificate>
export const ServiceCertificates = Type.Object({ items: Type.Array(ServiceCertificate) })
export type ServiceCertificates = Static<typeof ServiceCertificates>

const shownDetails = Type.Object({
  ...optionals(plainDetails),
  certificates: optional(Type.Array(Certificate)),
})

const ServiceProvider = Type.Object({
  entityId: optional(Type.String()),
  acsUrl: optional(Type.String()),
  logoutUrl: optional(Type.String()),
  redirectUri: optional(Type.String()),
  postLogoutRedirectUri: optional(Type.String()),
  backchannelLogoutUri: optional(Type.String()),
})

const SecretParts = {
  key: Type.String(),
  secret: Type.String({ description: 'shown only in this response' }),
  token: Type.String({ description: 'shown only in this response' }),
}

export const IdentityProvider = Type.Object(
  {
    id: Id,
    name: Type.String(),
    type: ProviderType,
    ...settings,
    details: shownDetails,
    hasClientSecret: Type.Boolean(),
    serviceProvider: ServiceProvider,
    scim: orNull(Type.Object({ endpoint: Type.String(), ...optionals(SecretParts) })),
    missingDetails: Type.Array(Type.String(), {
      description: 'details that are missing before auto-provisioning can be switched on',
    }),
    version: Type.String({ description: 'also the ETag; for If-Match' }),
    createdAt: Time,
    changedAt: Time,
    lastSyncAt: OptionalTime,
    certificatesUntil: Type.Union(OptionalTime.anyOf, {
      description: 'SAML: until when one of its signing certificates is valid. After that nobody can sign in',
    }),
  },
  { $id: 'IdentityProvider' },
)
export type IdentityProvider = Static<typeof IdentityProvider>

export const IdentityProviders = pageOf(IdentityProvider)
export type IdentityProviders = Static<typeof IdentityProviders>

const Pem = Type.Array(Type.String({ maxLength: 70_000 }), { maxItems: 20, description: 'PEM' })

export const NewIdentityProvider = Type.Object(
  {
    name: text(400),
    type: oneOf('saml', 'oidc'),
    ...optionals(givenSettings),
    details: optional(
      Type.Object(
        { ...optionals(plainDetails), certificates: optional(Pem), clientSecret: optional(text(5_000)) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type NewIdentityProvider = Static<typeof NewIdentityProvider>

export const ChangeIdentityProvider = Type.Object(
  {
    name: optional(text(400)),
    ...optionals(givenSettings),
    dropLinks: optional(
      Type.Boolean({
        description:
          'true confirms that users are matched again: a change of issuer, stableIdentifier or matching removes their links. Without it such a change is refused (409, ends-links)',
      }),
    ),
    details: optional(
      Type.Object(
        {
          ...nullables(plainDetails),
          certificates: optional(orNull(Pem)),
          clientSecret: optional(orNull(text(5_000))),
        },
        { additionalProperties: false, description: 'absent: kept; null: removed' },
      ),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type ChangeIdentityProvider = Static<typeof ChangeIdentityProvider>

/** A new identity provider: the only response with the secret and token of its credentials. */
export const ProvidedIdentityProvider = Type.Object(
  {
    id: Id,
    name: Type.String(),
    type: ProviderType,
    scim: optional(Type.Object({ endpoint: Type.String(), ...SecretParts })),
  },
  { $id: 'ProvidedIdentityProvider' },
)
export type ProvidedIdentityProvider = Static<typeof ProvidedIdentityProvider>

/** What is deleted together with an identity provider. */
export const Deletion = Type.Object({
  name: Type.String(),
  users: Type.Integer(),
  groups: Type.Integer(),
  credentials: Type.Integer({ description: 'active SCIM credentials and client keys' }),
})
export type Deletion = Static<typeof Deletion>

export const ConfirmDeletion = Type.Object(
  {
    name: Type.String({
      maxLength: 400,
      description: 'the name of the identity provider, as a confirmation',
    }),
  },
  { additionalProperties: false },
)
export type ConfirmDeletion = Static<typeof ConfirmDeletion>

export const Discover = Type.Object(
  { issuer: text(3_000), scopes: optional(Type.Array(text(200), { maxItems: 50 })) },
  { additionalProperties: false },
)
export type Discover = Static<typeof Discover>
export const Discovery = Type.Object({
  checks: Type.Array(
    Type.Object({
      name: oneOf('configuration', 'issuer', 'keys', 'pkce', 'scopes', 'clientAuthentication'),
      outcome: oneOf('passed', 'warning', 'failed'),
      detail: OptionalText,
    }),
  ),
  authorizationEndpoint: OptionalText,
  scopes: Type.Array(Type.String()),
  clientAuthentication: Type.Array(Type.String()),
})
export type Discovery = Static<typeof Discovery>

export const ReadMetadata = Type.Object(
  { xml: optional(Type.String()), url: optional(text(3_000)) },
  { additionalProperties: false, description: 'the XML, or the URL to read it from' },
)
export type ReadMetadata = Static<typeof ReadMetadata>
export const Metadata = Type.Object({
  details: shownDetails,
  nameIdFormats: Type.Array(Type.String()),
  validUntil: OptionalText,
  warnings: Type.Array(oneOf('no-sso-url', 'no-certificate', 'expired-metadata')),
})
export type Metadata = Static<typeof Metadata>

/** The published metadata compared with the saved details. Comparing changes nothing. */
export const MetadataComparison = Type.Object(
  {
    url: Type.String({ description: 'where the metadata was read' }),
    changes: Type.Array(
      Type.Object({
        field: oneOf('entityIssuer', 'ssoUrl', 'ssoBinding', 'sloUrl', 'signRequests'),
        before: orNull(Type.Union([Type.String(), Type.Boolean()])),
        after: Type.Union([Type.String(), Type.Boolean()]),
      }),
    ),
    certificates: Type.Object({
      added: Type.Array(Certificate),
      removed: Type.Array(Certificate),
      kept: Type.Array(Certificate),
    }),
    warnings: Metadata.properties.warnings,
    version: Type.String({ description: 'the version that was compared; for If-Match' }),
  },
  { $id: 'MetadataComparison' },
)
export type MetadataComparison = Static<typeof MetadataComparison>

export const ReadCertificates = Type.Object({ certificates: Pem }, { additionalProperties: false })
export type ReadCertificates = Static<typeof ReadCertificates>
export const Certificates = Type.Object({ certificates: Type.Array(Certificate) })

type Optionals<Fields extends Record<string, TSchema>> = {
  [Name in keyof Fields]: TOptional<Fields[Name]>
}
function optionals<Fields extends Record<string, TSchema>>(fields: Fields): Optionals<Fields> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)]),
  ) as Optionals<Fields>
}

type Nullables<Fields extends Record<string, TSchema>> = {
  [Name in keyof Fields]: TOptional<TUnion<[Fields[Name], TNull]>>
}
function nullables<Fields extends Record<string, TSchema>>(fields: Fields): Nullables<Fields> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, Type.Optional(orNull(schema))]),
  ) as Nullables<Fields>
}
