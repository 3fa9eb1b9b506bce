// Values of the identity provider form, and their conversion to API requests.
import type {
  Certificate,
  ChangeIdentityProvider,
  IdentityProvider,
  Mapping,
  NewIdentityProvider,
} from '../../../../../src/http/portal/identity-providers/contract.ts'

export interface FormValues {
  name: string
  type: IdentityProvider['type']
  autoProvisioning: boolean
  mode: IdentityProvider['mode']
  uniqueGroupNames: boolean
  uniqueExternalIds: boolean
  mfa: IdentityProvider['mfa']
  mfaMethods: string[]
  mfaDemand: { amr: string[]; acr: string[]; authnContext: string[] }
  rememberDeviceDays: number | string
  enroll: IdentityProvider['enroll']
  askPersonalDesktop: boolean
  activation: IdentityProvider['activation']
  mapping: Mapping | null
  matching: { source: string; target: 'userName' | 'externalId' } | null
  stableIdentifier: string
  details: {
    entityIssuer: string
    ssoUrl: string
    ssoBinding: 'redirect' | 'post'
    sloUrl: string
    nameIdFormat: string
    metadataUrl: string
    signRequests: boolean
    idpInitiated: boolean
    issuer: string
    clientId: string
    clientSecret: string
    clientAuthentication: 'basic' | 'post'
    scopes: string[]
    certificates: Certificate[]
  }
}

export function emptyValues(): FormValues {
  return {
    name: '',
    type: 'saml',
    autoProvisioning: false,
    mode: 'lenient',
    uniqueGroupNames: true,
    uniqueExternalIds: false,
    mfa: 'mandatory',
    mfaMethods: ['totp'],
    mfaDemand: { amr: [], acr: [], authnContext: [] },
    rememberDeviceDays: 0,
    enroll: 'admin',
    askPersonalDesktop: false,
    activation: 'automatic',
    mapping: null,
    matching: null,
    stableIdentifier: '',
    details: detailsOf({}),
  }
}

export function valuesOf(provider: IdentityProvider): FormValues {
  const { mfaDemand, details, matching, mapping, ...rest } = provider
  return {
    ...pick(rest),
    mapping: mapping && structuredClone(mapping),
    matching: matching && { ...matching },
    stableIdentifier: provider.stableIdentifier ?? '',
    mfaDemand: {
      amr: mfaDemand.amr ?? [],
      acr: mfaDemand.acr ?? [],
      authnContext: mfaDemand.authnContext ?? [],
    },
    details: detailsOf(details),
  }
}

function pick(provider: Omit<IdentityProvider, 'mfaDemand' | 'details' | 'matching' | 'mapping'>) {
  const { name, type, autoProvisioning, mode, uniqueGroupNames, uniqueExternalIds } = provider
  const { mfa, mfaMethods } = provider
  const { rememberDeviceDays, enroll, askPersonalDesktop, activation } = provider
  const provisioning = { autoProvisioning, mode, uniqueGroupNames, uniqueExternalIds }
  return {
    name,
    type,
    ...provisioning,
    mfa,
    mfaMethods: [...mfaMethods] as string[],
    rememberDeviceDays,
    enroll,
    askPersonalDesktop,
    activation,
  }
}

function detailsOf(details: IdentityProvider['details']): FormValues['details'] {
  return {
    entityIssuer: '',
    ssoUrl: '',
    ssoBinding: 'redirect',
    sloUrl: '',
    nameIdFormat: '',
    metadataUrl: '',
    signRequests: false,
    idpInitiated: false,
    issuer: '',
    clientId: '',
    clientAuthentication: 'basic',
    scopes: ['openid', 'profile', 'email'],
    certificates: [],
    ...details,
    clientSecret: '',
  }
}

/** Leaves empty values out. */
export function newBody(values: FormValues): NewIdentityProvider {
  const { name, type } = values
  const given = Object.entries(detailsBody(values)).filter(([, value]) => value !== null)
  return {
    name,
    type: type === 'oidc' ? 'oidc' : 'saml',
    ...settingsBody(values),
    details: Object.fromEntries(given) as NonNullable<NewIdentityProvider['details']>,
  }
}

/** Empty values are cleared; the client secret stays unless a new one is typed. */
export function changeBody(values: FormValues): ChangeIdentityProvider {
  const settings = { name: values.name, ...settingsBody(values) }
  if (values.type === 'local') return settings
  return { ...settings, details: detailsBody(values) }
}

function settingsBody(values: FormValues) {
  const { mode, uniqueGroupNames, uniqueExternalIds, mfa, enroll, askPersonalDesktop } = values
  const { activation, mapping, matching } = values
  const demand = values.type === 'oidc' ? ['amr', 'acr'] : values.type === 'saml' ? ['authnContext'] : []
  const demanded = Object.entries(values.mfaDemand).filter(
    ([name, list]) => demand.includes(name) && list.length > 0,
  )
  return {
    ...(values.type !== 'local' && {
      autoProvisioning: values.autoProvisioning,
      mode,
      uniqueGroupNames,
      uniqueExternalIds,
      mapping,
      stableIdentifier: values.stableIdentifier.trim() || null,
    }),
    mfa,
    mfaMethods: values.mfaMethods as IdentityProvider['mfaMethods'],
    mfaDemand: demanded.length > 0 ? Object.fromEntries(demanded) : ('none' as const),
    rememberDeviceDays: Number(values.rememberDeviceDays) || 0,
    enroll,
    askPersonalDesktop,
    activation,
    matching: matching ?? ('default' as const),
  }
}

function detailsBody({ type, details }: FormValues): NonNullable<ChangeIdentityProvider['details']> {
  const orNull = (text: string) => text.trim() || null
  if (type === 'oidc')
    return {
      issuer: orNull(details.issuer),
      clientId: orNull(details.clientId),
      clientAuthentication: details.clientAuthentication,
      scopes: details.scopes,
      ...(details.clientSecret !== '' && { clientSecret: details.clientSecret }),
    }
  return {
    entityIssuer: orNull(details.entityIssuer),
    ssoUrl: orNull(details.ssoUrl),
    ssoBinding: details.ssoBinding,
    sloUrl: orNull(details.sloUrl),
    nameIdFormat: orNull(details.nameIdFormat),
    metadataUrl: orNull(details.metadataUrl),
    certificates: details.certificates.length > 0 ? details.certificates.map(({ pem }) => pem) : null,
    signRequests: details.signRequests,
    idpInitiated: details.idpInitiated,
  }
}
