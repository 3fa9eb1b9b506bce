// Settings for the users of an identity provider, apart from its sign-in details: message mode, second factor,
// enrollment and activation. Pure: values are checked and defaults filled in.
import { Invalid } from '#errors.ts'
import type { Mapping } from './mapping.ts'
import type { ProviderType } from './provider-type.ts'
import { readStableIdentifier } from './stable-identifier.ts'
import { demandText } from './text-rules.ts'

export type Mode = 'lenient' | 'strict'
export type Mfa = 'mandatory' | 'none' | 'external'
export type MfaMethod = 'totp' | 'passkey' | 'email' | 'phone'
export type Enroll = 'admin' | 'self'
export type Activation = 'automatic' | 'manual'

/**
 * What a sign-in must contain for the identity provider's second factor to count: at least one value of each given
 * list.
 */
export interface MfaDemand {
  /** oidc: values of RFC 8176. */
  readonly amr?: readonly string[]
  /** oidc */
  readonly acr?: readonly string[]
  /** saml: AuthnContextClassRef values. */
  readonly authnContext?: readonly string[]
}

/** Which value of a sign-in is matched with which attribute of the provisioned user. */
export interface Matching {
  /** A claim, an assertion attribute, or NameID. */
  readonly source: string
  readonly target: 'userName' | 'externalId'
}

export interface Settings {
  readonly name: string
  readonly enabled: boolean
  readonly autoProvisioning: boolean
  readonly mode: Mode
  readonly mfa: Mfa
  readonly mfaMethods: readonly MfaMethod[]
  /** Applies to external MFA. If empty, the identity provider is trusted without evidence. */
  readonly mfaDemand: MfaDemand
  /** 0: devices are never remembered. */
  readonly rememberDeviceDays: number
  readonly enroll: Enroll
  readonly askPersonalDesktop: boolean
  readonly activation: Activation
  readonly uniqueGroupNames: boolean
  /** Applies to users and groups. Users' values are unique in any case if `matching` uses externalId. */
  readonly uniqueExternalIds: boolean
  /** null: the defaults of the type. */
  readonly mapping: Mapping | null
  /** null: the mapped username is matched with userName. */
  readonly matching: Matching | null
  /**
   * The claim or attribute that is never reassigned to another user. null: `sub`, or a NameID in persistent format.
   */
  readonly stableIdentifier: string | null
}

/** Settings as given; undefined keeps a value. A change that would let more users in needs an explicit word. */
export type GivenSettings = {
  readonly [Name in Exclude<keyof Settings, 'mfaDemand' | 'matching'>]?: Settings[Name] | undefined
} & {
  /** `none`: the identity provider is trusted without evidence. */
  readonly mfaDemand?: MfaDemand | 'none' | undefined
  /** `default`: the mapped username is matched with userName. */
  readonly matching?: Matching | 'default' | null | undefined
}

const DEFAULTS: Omit<Settings, 'name'> = {
  enabled: true,
  autoProvisioning: false,
  mode: 'lenient',
  mfa: 'mandatory',
  mfaMethods: ['totp'],
  mfaDemand: {},
  rememberDeviceDays: 0,
  enroll: 'admin',
  askPersonalDesktop: false,
  activation: 'automatic',
  uniqueGroupNames: true,
  uniqueExternalIds: false,
  mapping: null,
  matching: null,
  stableIdentifier: null,
}

/** Checks the settings of a new identity provider. @throws {Invalid} names the first field that breaks a rule */
export function newSettings(type: ProviderType, name: string, given: GivenSettings): Settings {
  return changeSettings(type, { ...DEFAULTS, name: '' }, { ...given, name })
}

/**
 * Applies the given settings to `now`. An MFA demand or matching rule is removed only by its explicit word, never by
 * an empty field (decision 0024).
 * @throws {Invalid} names the first field that breaks a rule
 */
export function changeSettings(type: ProviderType, now: Settings, asked: GivenSettings): Settings {
  const given = {
    ...asked,
    mfaDemand: demandAfter(now.mfaDemand, asked.mfaDemand),
    matching: matchingAfter(now.matching, asked.matching),
  }
  const known = (Object.keys(now) as (keyof Settings)[]).filter((name) => given[name] !== undefined)
  const next: Settings = { ...now, ...Object.fromEntries(known.map((name) => [name, given[name]])) }
  // A local identity provider that already has this setting can still be disabled or renamed.
  if (type === 'local' && given.mfa === 'external')
    throw new Invalid(
      'mfa',
      'must be mandatory or none: the local identity provider has no second factor of its own',
    )
  if (next.mfa === 'mandatory' && next.mfaMethods.length === 0)
    throw new Invalid('mfaMethods', 'must name a method while the second factor is mandatory')
  return {
    ...next,
    name: readName(next.name),
    mfaMethods: [...new Set(next.mfaMethods)],
    mfaDemand: readDemand(type, next.mfaDemand),
    rememberDeviceDays: readDays(next.rememberDeviceDays),
    matching: readMatching(next.matching),
    stableIdentifier: readStableIdentifier(type, next.stableIdentifier),
  }
}

function demandAfter(now: MfaDemand, asked: GivenSettings['mfaDemand']): MfaDemand | undefined {
  if (asked === 'none') return {}
  if (asked && isDemanding(now) && !isDemanding(asked))
    throw new Invalid('mfaDemand', 'must demand something, or be "none" to trust every sign-in there')
  return asked
}

function isDemanding({ amr, acr, authnContext }: MfaDemand): boolean {
  return [amr, acr, authnContext].some((values) => values !== undefined && values.length > 0)
}

function matchingAfter(now: Matching | null, asked: GivenSettings['matching']): Matching | null | undefined {
  if (asked === 'default') return null
  if (asked === null && now)
    throw new Invalid('matching', 'must be a rule, or "default" to find users by their userName')
  return asked
}

const NAME_CHARACTERS = 100

function readName(text: string): string {
  const name = text.trim().normalize('NFC')
  if (name === '') throw new Invalid('name', 'must not be empty')
  if (name.length > NAME_CHARACTERS)
    throw new Invalid('name', `must have at most ${NAME_CHARACTERS} characters`)
  if (/\p{C}/u.test(name)) throw new Invalid('name', 'must hold no control characters')
  return name
}

const DEMANDS: Record<ProviderType, readonly (keyof MfaDemand)[]> = {
  local: [],
  oidc: ['amr', 'acr'],
  saml: ['authnContext'],
}
const DEMAND_VALUES = 20

function readDemand(type: ProviderType, demand: MfaDemand): MfaDemand {
  const given = (Object.keys(demand) as (keyof MfaDemand)[]).filter((name) => demand[name]?.length)
  const foreign = given.find((name) => !DEMANDS[type].includes(name))
  if (foreign) throw new Invalid('mfaDemand', `${foreign} is not for identity providers of type ${type}`)
  for (const name of given) {
    const values = demand[name] ?? []
    if (values.length > DEMAND_VALUES)
      throw new Invalid('mfaDemand', `must have at most ${DEMAND_VALUES} values`)
    for (const value of values) demandText('mfaDemand', value, 255)
  }
  return Object.fromEntries(given.map((name) => [name, [...new Set(demand[name])]]))
}

const MOST_DAYS = 90

function readDays(days: number): number {
  if (Number.isInteger(days) && days >= 0 && days <= MOST_DAYS) return days
  throw new Invalid('rememberDeviceDays', `must be a whole number from 0 to ${MOST_DAYS}`)
}

function readMatching(matching: Matching | null): Matching | null {
  if (matching) demandText('matching', matching.source, 255)
  return matching
}
