// An identity provider's attribute mapping: which SCIM attribute becomes which attribute of the profile, and how. This
// file says what a mapping is and which ones are good; profile.ts applies one. Pure.
import { Invalid } from '#errors.ts'
import type { MappedAttribute, Mapping } from '#identity-providers/mapping.ts'
import { findPath, type Path } from '#protocol/scim/filter/path.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { userSchema } from '#protocol/scim/schema/resource-schema.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import { readSteps } from './mapping-steps.ts'

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

/** The attributes that every profile may have; a tenant may add its own. */
export const PROFILE_ATTRIBUTES = [...DEFAULT_MAPPING.map(({ attribute }) => attribute), 'personalDesktop']
export const REQUIRED_ATTRIBUTES = ['username', 'email']

const RULES_AT_MOST = 50
const SOURCE_CHARACTERS = 500
const VALUE_CHARACTERS = 200
const NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,49}$/

/** What is wrong with a mapping, and where, such as `mapping.3.source`. */
export interface MappingProblem {
  readonly field: string
  readonly rule: string
}

/**
 * Checks a mapping that an administrator makes, rule by rule.
 * @param schema of users, with the extensions of the identity provider
 * @returns the rules that are good, and all problems
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

/**
 * The same for a mapping that is to be kept.
 * @throws {Invalid} names the first rule that is not good, and its field
 */
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

/** A mapping whose paths have been read. */
export type CompiledMapping = readonly {
  readonly rule: MappedAttribute
  /** Undefined for a constant, and for what the schema does not have (any more). */
  readonly path: Path | undefined
}[]

const compiled = new WeakMap<Mapping, CompiledMapping>()

/**
 * @param mapping null: the default. An identity provider's own mapping comes new with its schemas whenever they change.
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
