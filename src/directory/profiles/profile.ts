// A user's portal profile: named attributes, computed from the SCIM resource by the identity provider's mapping.
// Everything here is pure.
import type { MappedAttribute } from '#identity-providers/mapping.ts'
import { matches } from '#protocol/scim/filter/match.ts'
import type { Path } from '#protocol/scim/filter/path.ts'
import type { JsonObject } from '#protocol/scim/messages/json.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import type { CompiledMapping } from './mapping.ts'
import { runSteps } from './mapping-steps.ts'

export type Profile = Record<string, string>

export function profileOf(resource: Resource, mapping: CompiledMapping): Profile {
  const profile: Profile = {}
  for (const { rule, path } of mapping) {
    const value = valueFor(resource, rule, path)
    if (value !== undefined) profile[rule.attribute] = value
  }
  return profile
}

function valueFor(resource: Resource, rule: MappedAttribute, path: Path | undefined): string | undefined {
  if (rule.constant !== undefined) return rule.constant
  const value = path && (rule.steps ? stepped(resource, path, rule.steps) : scalar(select(resource, path)))
  return value ?? rule.default
}

/** Applies the steps to all elements that the path selects, with the main one first. */
function stepped(
  resource: Resource,
  path: Path,
  steps: NonNullable<MappedAttribute['steps']>,
): string | undefined {
  const values = selectAll(resource, path)
    .map(scalar)
    .filter((value) => value !== undefined)
  const [first] = runSteps(values, steps)
  return first === '' ? undefined : first
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function select(resource: Resource, path: Path): unknown {
  const value = attributeOf(resource, path)
  if (!Array.isArray(value)) return partOf(value, path)
  const isPlain = path.ref.attribute.type !== 'complex'
  return isPlain ? value[0] : partOf(choose(value.filter(isObject), path.filter), path)
}

function selectAll(resource: Resource, path: Path): readonly unknown[] {
  const value = attributeOf(resource, path)
  if (!Array.isArray(value)) return [partOf(value, path)]
  if (path.ref.attribute.type !== 'complex') return value
  const elements = value.filter(isObject)
  const chosen = choose(elements, path.filter)
  const others = elements.filter(
    (element) => element !== chosen && (!path.filter || matches(element, path.filter)),
  )
  return (chosen ? [chosen, ...others] : []).map((element) => partOf(element, path))
}

function attributeOf(resource: Resource, { ref }: Path): unknown {
  const holder = ref.extension === undefined ? resource : resource[ref.extension]
  return isObject(holder) ? holder[ref.attribute.name] : undefined
}

function partOf(value: unknown, { ref }: Path): unknown {
  return isObject(value) ? value[ref.sub?.name ?? 'value'] : value
}

/**
 * Returns the main element: the first that matches the filter or, without a filter, the primary one or else the
 * first.
 */
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
