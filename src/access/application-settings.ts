// Reads the settings of an application that an administrator sends. Pure.
import { isUuid } from '#directory/uuid.ts'
import { Invalid } from '#errors.ts'
import { readOrigin } from '#platform/network/origin.ts'
import type { GrantSubject } from './grants.ts'

export interface ApplicationSettings {
  readonly name: string
  /** `https://wiki.example.com`: scheme, host and port, in a browser's spelling. */
  readonly origin: string
  readonly enabled: boolean
  readonly forEverybody: boolean
  readonly sessionMinutes: number | null
  readonly factorMinutes: number | null
  /** Sorted by id. */
  readonly grants: readonly GrantSubject[]
}

const NAME_CHARACTERS = 100
const GRANTS_AT_MOST = 1_000
const MOST_MINUTES = 720

const NEW: Omit<ApplicationSettings, 'name' | 'origin'> = {
  enabled: true,
  forEverybody: false,
  sessionMinutes: null,
  factorMinutes: null,
  grants: [],
}

/**
 * @param now the current settings, which omitted fields keep
 * @throws {Invalid} names the field and the rule
 */
export function readApplicationSettings(given: unknown, now: typeof NEW = NEW): ApplicationSettings {
  const from = (given ?? {}) as Record<string, unknown>
  return {
    name: readName(from.name),
    origin: readAddress(from.origin),
    enabled: readSwitch('enabled', from.enabled, now.enabled),
    forEverybody: readSwitch('forEverybody', from.forEverybody, now.forEverybody),
    sessionMinutes: readMinutes('sessionMinutes', from.sessionMinutes, now.sessionMinutes),
    factorMinutes: readMinutes('factorMinutes', from.factorMinutes, now.factorMinutes),
    grants: readGrants(from.grants, now.grants),
  }
}

function readSwitch(field: string, value: unknown, now: boolean): boolean {
  if (value === undefined) return now
  if (typeof value === 'boolean') return value
  throw new Invalid(field, 'must be true or false')
}

function readName(value: unknown): string {
  const name = typeof value === 'string' ? value.trim().normalize('NFC') : ''
  if (name === '' || name.length > NAME_CHARACTERS || /\p{C}/u.test(name))
    throw new Invalid('name', `must have 1 to ${NAME_CHARACTERS} characters`)
  return name
}

/** The gateway protects whole hosts. Only the proxy could separate paths, which have many spellings. */
function readAddress(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : ''
  const origin = readOrigin(text)
  if (origin !== undefined) return origin
  const root = /^https?:\/\/[^/?#\\]+/i.exec(text)?.[0]
  if (root !== undefined && readOrigin(root) !== undefined)
    throw new Invalid('origin', 'must have no path: the gateway guards a whole host')
  throw new Invalid('origin', 'must be an address such as https://wiki.example.com')
}

/** A limit is removed only by "unlimited", never by an empty field (decision 0024). */
function readMinutes(field: string, value: unknown, now: number | null): number | null {
  if (value === undefined || (value === null && now === null)) return now
  if (value === 'unlimited') return null
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_MINUTES) return Number(value)
  throw new Invalid(field, `must be a whole number from 1 to ${MOST_MINUTES}, or "unlimited"`)
}

function readGrants(value: unknown, now: ApplicationSettings['grants']): ApplicationSettings['grants'] {
  if (value === undefined) return now
  if (!Array.isArray(value) || value.length > GRANTS_AT_MOST)
    throw new Invalid('grants', `must be a list of at most ${GRANTS_AT_MOST} users and groups`)
  const grants = value.map((grant, i) => {
    const { type, id } = (grant ?? {}) as Record<string, unknown>
    if ((type !== 'User' && type !== 'Group') || !isUuid(id))
      throw new Invalid(`grants.${i}`, 'must name the type (User or Group) and the id')
    return { type, id } as const
  })
  const ids = new Set(grants.map(({ id }) => id))
  const once = [...ids]
    .map((id) => grants.find((grant) => grant.id === id))
    .filter((grant) => grant !== undefined)
  return once.sort((a, b) => (a.id < b.id ? -1 : 1))
}
