// A user's portal profile: named attributes, computed from the SCIM resource by the identity provider's mapping. Pure.
import type { JsonObject } from '#protocol/scim/json.ts'
import { matches } from '#protocol/scim/match.ts'
import { type Path, parsePath } from '#protocol/scim/path.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import { userSchema } from '#protocol/scim/resource-schema.ts'

/** `source` is a SCIM path such as `name.givenName` or `emails[type eq "work"].value`; `default` fills in when it is empty. */
export interface MappedAttribute {
  readonly attribute: string
  readonly source: string
  readonly default?: string
}
export type Mapping = readonly MappedAttribute[]
export type Profile = Record<string, string>

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** What most identity providers send. The primary or first e-mail address and phone number are meant by a bare `.value`. */
export const DEFAULT_MAPPING: Mapping = [
  { attribute: 'username', source: 'userName' },
  { attribute: 'email', source: 'emails.value' },
  { attribute: 'firstName', source: 'name.givenName' },
  { attribute: 'lastName', source: 'name.familyName' },
  { attribute: 'displayName', source: 'displayName' },
  { attribute: 'phoneNumber', source: 'phoneNumbers.value' },
  { attribute: 'title', source: 'title' },
  { attribute: 'department', source: `${ENTERPRISE}:department` },
  { attribute: 'manager', source: `${ENTERPRISE}:manager.value` },
  { attribute: 'employeeNumber', source: `${ENTERPRISE}:employeeNumber` },
]

type Compiled = readonly { readonly rule: MappedAttribute; readonly path: Path }[]

const compiled = new WeakMap<Mapping, Compiled>()

function compile(mapping: Mapping): Compiled {
  const known = compiled.get(mapping)
  if (known) return known
  const fresh = mapping.map((rule) => ({ rule, path: parsePath(rule.source, userSchema) }))
  compiled.set(mapping, fresh)
  return fresh
}

export function profileOf(resource: Resource, mapping: Mapping | null): Profile {
  const profile: Profile = {}
  for (const { rule, path } of compile(mapping ?? DEFAULT_MAPPING)) {
    const value = scalar(select(resource, path)) ?? rule.default
    if (value !== undefined) profile[rule.attribute] = value
  }
  return profile
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function select(resource: Resource, { ref, filter }: Path): unknown {
  const holder = ref.extension === undefined ? resource : resource[ref.extension]
  if (!isObject(holder)) return undefined
  const value = holder[ref.attribute.name]
  const chosen = Array.isArray(value) ? choose(value.filter(isObject), filter) : value
  if (!isObject(chosen)) return chosen
  return chosen[ref.sub?.name ?? 'value']
}

/** The element that stands for all: the first that the filter takes, else the primary, else the first. */
function choose(elements: readonly JsonObject[], filter: Path['filter']): JsonObject | undefined {
  if (filter) return elements.find((element) => matches(element, filter))
  return elements.find((element) => element.primary === true) ?? elements[0]
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
}
