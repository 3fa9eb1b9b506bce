// A user's portal profile: named attributes, computed from the SCIM resource by the identity provider's mapping. Pure.
import { Invalid } from '#errors.ts'
import type { JsonObject } from '#protocol/scim/json.ts'
import { matches } from '#protocol/scim/match.ts'
import { findPath, type Path } from '#protocol/scim/path.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import { userSchema } from '#protocol/scim/resource-schema.ts'
import type { ResourceSchema } from '#protocol/scim/schema.ts'

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

/** A mapping whose paths have been read. */
export type CompiledMapping = readonly {
  readonly rule: MappedAttribute
  /** Undefined for what the schema does not have (any more). */
  readonly path: Path | undefined
}[]

/** @throws {Invalid} `mapping.N.source` (or `.attribute`): the schema has no such attribute; it is mapped twice */
export function demandMapping(mapping: Mapping, schema: ResourceSchema): void {
  mapping.forEach(({ attribute, source }, i) => {
    if (!findPath(source, schema)) throw new Invalid(`mapping.${i}.source`, 'is no attribute of SCIM users')
    if (mapping.findIndex((other) => other.attribute === attribute) < i)
      throw new Invalid(`mapping.${i}.attribute`, 'is mapped twice')
  })
}

const compiled = new WeakMap<Mapping, CompiledMapping>()

/**
 * @param mapping null: the default. An identity provider's own mapping comes new with its schemas whenever they change.
 * @param schema of users, with the extensions of the identity provider
 */
export function compileMapping(mapping: Mapping | null, schema: ResourceSchema): CompiledMapping {
  if (!mapping) return DEFAULT_COMPILED
  const known = compiled.get(mapping)
  if (known) return known
  const fresh = read(mapping, schema)
  compiled.set(mapping, fresh)
  return fresh
}

function read(mapping: Mapping, schema: ResourceSchema): CompiledMapping {
  return mapping.map((rule) => ({ rule, path: findPath(rule.source, schema) }))
}

const DEFAULT_COMPILED = read(DEFAULT_MAPPING, userSchema)

export function profileOf(resource: Resource, mapping: CompiledMapping): Profile {
  const profile: Profile = {}
  for (const { rule, path } of mapping) {
    const value = (path && scalar(select(resource, path))) ?? rule.default
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
