// Portal profiles, and the attribute mappings that compute them from SCIM resources. This folder checks and applies
// mappings, and has the job that recomputes profiles after a change. Where a mapping is stored is up to
// src/identity-providers. ../users and ../administration, the portal's mapping routes, SCIM and the job worker call
// it. Start with this file, which defines what a valid mapping is; then read profile.ts, which applies one. Both are
// pure.
import { Invalid } from '#errors.ts'
import type { MappedAttribute, Mapping } from '#identity-providers/mapping.ts'
import { findPath, type Path } from '#protocol/scim/filter/path.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { userSchema } from '#protocol/scim/schema/resource-schema.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import { readSteps } from './mapping-steps.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/**
 * Fits most identity providers. A path that ends in `.value` reads the primary or else the first email address or
 * phone number.
 */
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

/** The attributes that every profile may have; a tenant may add its own. */
export const PROFILE_ATTRIBUTES = [...DEFAULT_MAPPING.map(({ attribute }) => attribute), 'personalDesktop']
export const REQUIRED_ATTRIBUTES = ['username', 'email']

const RULES_AT_MOST = 50
const SOURCE_CHARACTERS = 500
const VALUE_CHARACTERS = 200
const NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,49}$/

/** What is wrong with a mapping, and in which field, such as `mapping.3.source`. */
export interface MappingProblem {
  readonly field: string
  readonly rule: string
}

/**
 * Checks a mapping that an administrator is editing, rule by rule.
 * @param schema of users, with the extensions of the identity provider
 * @returns the valid rules, and all problems
 */
export function checkMapping(
  given: readonly unknown[],
  schema: ResourceSchema,
): { readonly mapping: Mapping; readonly problems: readonly MappingProblem[] } {
  const problems: MappingProblem[] = []
  if (given.length > RULES_AT_MOST)
    problems.push({ field: 'mapping', rule: `may have at most ${RULES_AT_MOST} rules` })
  const mapping: MappedAttribute[] = []
  given.slice(0, RULES_AT_MOST).forEach((one, i) => {
    const { rule, problem } = tryRule(one, `mapping.${i}`, schema)
    if (problem) problems.push(problem)
    if (!rule) return
    if (!mapping.some(({ attribute }) => attribute === rule.attribute)) mapping.push(rule)
    else problems.push({ field: `mapping.${i}.attribute`, rule: `is mapped twice: ${rule.attribute}` })
  })
  const missing = REQUIRED_ATTRIBUTES.filter((name) => !given.some((rule) => attributeOf(rule) === name))
  if (missing.length > 0) problems.push({ field: 'mapping', rule: `must map ${missing.join(' and ')}` })
  return { mapping, problems }
}

/** Checks a mapping that is about to be saved. @throws {Invalid} naming the first invalid rule and its field */
export function readMapping(given: readonly unknown[], schema: ResourceSchema): Mapping {
  const { mapping, problems } = checkMapping(given, schema)
  const [first] = problems
  if (first) throw new Invalid(first.field, first.rule)
  return mapping
}

function attributeOf(rule: unknown): unknown {
  return (rule as { readonly attribute?: unknown } | null | undefined)?.attribute
}

function tryRule(
  given: unknown,
  field: string,
  schema: ResourceSchema,
): { readonly rule?: MappedAttribute; readonly problem?: MappingProblem } {
  try {
    return { rule: readRule(given, field, schema) }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { problem: { field: error.field, rule: error.message.slice(error.field.length + 1) } }
  }
}

function readRule(given: unknown, field: string, schema: ResourceSchema): MappedAttribute {
  const rule = (given ?? {}) as Record<string, unknown>
  const { attribute, source, constant, steps } = rule
  if (typeof attribute !== 'string' || !NAME.test(attribute))
    throw new Invalid(`${field}.attribute`, 'must be a name of letters, digits, - and _')
  const fallback = rule.default === undefined ? {} : { default: readValue(rule.default, `${field}.default`) }
  if (constant !== undefined) {
    if (source !== undefined) throw new Invalid(`${field}.source`, 'must not stand beside a constant')
    return { attribute, constant: readValue(constant, `${field}.constant`) }
  }
  const read = Array.isArray(steps) && steps.length > 0 ? { steps: readSteps(steps, `${field}.steps`) } : {}
  return { attribute, source: readSource(source, `${field}.source`, schema), ...read, ...fallback }
}

function readSource(source: unknown, field: string, schema: ResourceSchema): string {
  if (typeof source !== 'string' || source === '' || source.length > SOURCE_CHARACTERS)
    throw new Invalid(field, 'must be a SCIM path, such as name.givenName')
  try {
    if (findPath(source, schema)) return source
  } catch (error) {
    if (error instanceof ScimError) throw new Invalid(field, `is no SCIM path: ${error.message}`)
    throw error
  }
  throw new Invalid(field, `names no attribute of the schemas of this identity provider: ${source}`)
}

function readValue(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '' || value.length > VALUE_CHARACTERS)
    throw new Invalid(field, `must be a text of 1 to ${VALUE_CHARACTERS} characters`)
  return value
}

/** A mapping with its paths parsed. */
export type CompiledMapping = readonly {
  readonly rule: MappedAttribute
  /** Undefined for a constant, and for an attribute that the schema doesn't have, or no longer has. */
  readonly path: Path | undefined
}[]

const compiled = new WeakMap<Mapping, CompiledMapping>()

/**
 * Parses the paths of a mapping, and remembers the result for each mapping object. An identity provider's mapping is
 * read anew, as a new object, whenever its schemas change.
 * @param mapping null for the default mapping
 * @param schema of users, with the extensions of the identity provider
 */
export function compileMapping(mapping: Mapping | null, schema: ResourceSchema): CompiledMapping {
  if (!mapping) return DEFAULT_COMPILED
  const known = compiled.get(mapping)
  if (known) return known
  const fresh = compile(mapping, schema)
  compiled.set(mapping, fresh)
  return fresh
}

function compile(mapping: Mapping, schema: ResourceSchema): CompiledMapping {
  return mapping.map((rule) => ({
    rule,
    path: rule.source === undefined ? undefined : findPath(rule.source, schema),
  }))
}

const DEFAULT_COMPILED = compile(DEFAULT_MAPPING, userSchema)
