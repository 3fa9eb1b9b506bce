// What a service must return after the messages it accepted: only what they said, not what the service adds. Messages are read
// as RFC 7644 defines them, whatever their dialect, so this works for any service.
import { isObject, type Json, type JsonObject } from './messages.ts'

/** One value that was sent: of an attribute, or of the element of a list that a filter selects. */
interface Expected {
  /** Attribute in lower case; with its schema where it is an extension's: `urn:…:user department`. */
  readonly name: string
  readonly element?: { readonly by: string; readonly is: Json }
  readonly sub?: string
  /** Undefined if there must be no value. */
  readonly value: Json | undefined
}

export interface Expectations {
  /** Everything that the accepted messages said, by where it stands. */
  readonly values: Map<string, Expected>
  /** Ids of the members of a group; undefined for a user. */
  readonly members: Set<string> | undefined
}

/** Attributes that a service sets itself or never returns. */
const NOT_ECHOED = new Set(['id', 'schemas', 'meta', 'password', 'groups', 'members'])

export function noExpectations(isGroup: boolean): Expectations {
  return { values: new Map(), members: isGroup ? new Set() : undefined }
}

/** @returns what this message said */
export function expectResource(expectations: Expectations, body: JsonObject): Expected[] {
  const said = Object.entries(body).flatMap(([name, value]) => assigned(name, value))
  for (const name of new Set(said.map((each) => each.name))) forget(expectations, name)
  for (const each of said) keep(expectations, each)
  if (expectations.members && Array.isArray(body.members)) {
    expectations.members.clear()
    for (const id of idsOf(body.members)) expectations.members.add(id)
  }
  return said
}

/** @returns what this message said of attributes; members are compared at the end, since they are sent side by side */
export function expectPatch(expectations: Expectations, body: JsonObject): Expected[] {
  const operations = Array.isArray(body.Operations) ? body.Operations.filter(isObject) : []
  const said: Expected[] = []
  for (const { op, path, value = null } of operations) {
    const verb = String(op).toLowerCase()
    const steps: [string, Json][] =
      typeof path === 'string' ? [[path, value]] : isObject(value) ? Object.entries(value) : []
    for (const [target, each] of steps) {
      if (/^members\b/i.test(target)) changeMembers(expectations, verb, target, each)
      else said.push(...changeAttribute(expectations, verb, target, each))
    }
  }
  return said
}

/** @returns in words, each value that is not as it was sent */
export function differences(resource: JsonObject, said: Iterable<Expected>): string[] {
  return [...said].flatMap((expected) => {
    const shown = valueAt(resource, expected)
    if (isSame(shown, expected.value)) return []
    return [`${placeOf(expected)} is ${words(shown)} instead of ${words(expected.value)}`]
  })
}

/** @returns in words, who is missing and who shouldn't be there */
export function memberDifferences(resource: JsonObject, members: ReadonlySet<string>): string[] {
  const shown = idsOf(Array.isArray(resource.members) ? resource.members : [])
  const there = new Set(shown)
  const missing = [...members].filter((id) => !there.has(id))
  const extra = shown.filter((id) => !members.has(id))
  return [
    ...(missing.length > 0
      ? [`lacks ${missing.length} of ${members.size} members, such as ${missing[0]}`]
      : []),
    ...(extra.length > 0 ? [`has ${extra.length} members too many, such as ${extra[0]}`] : []),
    ...(there.size < shown.length ? [`shows ${shown.length - there.size} members twice`] : []),
  ]
}

function idsOf(members: readonly Json[]): string[] {
  return members.flatMap((member) =>
    isObject(member) && typeof member.value === 'string' ? [member.value] : [],
  )
}

function changeMembers({ members }: Expectations, verb: string, target: string, value: Json): void {
  const [, selected] = /^members\[value eq "(.*)"\]$/i.exec(target) ?? []
  const ids = selected === undefined ? idsOf(Array.isArray(value) ? value : [value]) : [selected]
  if (verb === 'replace' || (verb === 'remove' && selected === undefined && ids.length === 0))
    members?.clear()
  for (const id of ids) verb === 'remove' ? members?.delete(id) : members?.add(id)
}

function changeAttribute(expectations: Expectations, verb: string, target: string, value: Json): Expected[] {
  const place = placeFrom(target)
  const sent = verb === 'remove' ? null : value
  if (place.element) {
    const said = { ...place, value: isCleared(sent) ? undefined : sent }
    // The same element may be known by another of its values.
    for (const [key, known] of expectations.values)
      if (known.name === place.name && known.element && known.sub === place.sub)
        expectations.values.delete(key)
    if (place.sub !== undefined) keep(expectations, said)
    return place.sub === undefined ? [] : [said]
  }
  const said = assigned(target, sent)
  if (verb !== 'add' || !Array.isArray(sent)) forget(expectations, place.name, place.sub)
  for (const each of said) keep(expectations, each)
  return said
}

/** What the value of an attribute says, leaf by leaf. */
function assigned(target: string, value: Json): Expected[] {
  const { name, sub } = placeFrom(target)
  if (NOT_ECHOED.has(name)) return []
  if (sub !== undefined || isCleared(value))
    return [{ name, ...(sub !== undefined && { sub }), value: isCleared(value) ? undefined : value }]
  if (isObject(value))
    return Object.entries(value).flatMap(([key, each]) =>
      isUrn(name)
        ? assigned(`${name}:${key}`, each)
        : [{ name, sub: key.toLowerCase(), value: isCleared(each) ? undefined : each }],
    )
  if (!Array.isArray(value)) return [{ name, value }]
  const elements = value.filter(isObject)
  const primary = elements.findLast((element) => element.primary === true)
  return elements.flatMap((element) => {
    const by = element.type === undefined ? 'value' : 'type'
    const is = element[by]
    if (is === undefined) return []
    // RFC 7643 §2.4: one element is primary at most. Of several that were sent as primary the last one is.
    const sent = Object.entries(element).filter(
      ([key]) => key !== 'primary' || !primary || element === primary,
    )
    return sent.map(([key, each]) => ({
      name,
      element: { by, is },
      sub: key.toLowerCase(),
      value: isCleared(each) ? undefined : each,
    }))
  })
}

function isUrn(name: string): boolean {
  return name.startsWith('urn:') && !name.includes(' ')
}

/** `a`, `a.b`, `urn:…:User:a.b`, `a[type eq "x"].b` */
function placeFrom(target: string): Omit<Expected, 'value'> {
  const [, path = '', by, text = '', after] = /^([^[]+)(?:\[(\w+) eq (.*)\])?(?:\.(\w+))?$/.exec(target) ?? [
    undefined,
    target,
  ]
  const [schema, attribute] = splitUrn(path)
  if (schema === '' && /^urn:/i.test(attribute)) return { name: attribute.toLowerCase() } // an extension as a whole
  const [head = '', within] = attribute.split('.')
  const name = `${schema}${head}`.toLowerCase()
  const sub = (after ?? within)?.toLowerCase()
  return {
    name,
    ...(by !== undefined && { element: { by: by.toLowerCase(), is: literal(text) } }),
    ...(sub !== undefined && { sub }),
  }
}

/** The core schemas need not be named. */
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(user|group)$/i

function splitUrn(path: string): [string, string] {
  const [, urn, attribute] = /^(urn:.+:(?:User|Group|[\w-]+)):(\w[\w.-]*)$/i.exec(path) ?? []
  if (urn === undefined || attribute === undefined || /^\d/.test(attribute)) return ['', path]
  if (attribute.toLowerCase() === 'user' || attribute.toLowerCase() === 'group') return ['', path]
  return [CORE.test(urn) ? '' : `${urn} `, attribute]
}

function literal(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

function isCleared(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function keep({ values }: Expectations, expected: Expected): void {
  values.set(placeOf(expected), expected)
}

function forget({ values }: Expectations, name: string, sub?: string): void {
  for (const [key, known] of values)
    if (known.name === name && (sub === undefined || known.sub === sub)) values.delete(key)
}

function placeOf({ name, element, sub }: Expected): string {
  const at = element ? `${name}[${element.by} eq ${JSON.stringify(element.is)}]` : name.replace(' ', ':')
  return sub === undefined ? at : `${at}.${sub}`
}

function valueAt(resource: JsonObject, { name, element, sub }: Expected): Json | undefined {
  const [schema, attribute = ''] = name.includes(' ') ? name.split(' ') : [undefined, name]
  const holder = schema === undefined ? resource : member(resource, schema)
  const whole = isObject(holder) ? member(holder, attribute) : undefined
  const value =
    element && Array.isArray(whole)
      ? whole.find((each) => isObject(each) && isSame(member(each, element.by), element.is))
      : whole
  if (sub === undefined) return value
  return isObject(value) ? member(value, sub) : undefined
}

function member(object: JsonObject, name: string): Json | undefined {
  const key = Object.keys(object).find((each) => each.toLowerCase() === name)
  return key === undefined ? undefined : object[key]
}

/** Some clients send booleans and numbers as text, and a manager as a bare id. */
function isSame(shown: Json | undefined, sent: Json | undefined): boolean {
  if (sent === undefined) return shown === undefined || isCleared(shown)
  if (shown === undefined) return false
  if (isObject(shown) && !isObject(sent)) return isSame(shown.value, sent)
  if (typeof shown === 'object' || typeof sent === 'object')
    return JSON.stringify(shown) === JSON.stringify(sent)
  if (typeof shown === typeof sent) return shown === sent
  return String(shown).toLowerCase() === String(sent).toLowerCase()
}

function words(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}
