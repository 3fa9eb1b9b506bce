// From the parts of a request to its bytes, with one input changed.
import type { WireRequest } from '../wire.ts'
import type { Valid } from './case.ts'
import { hostileJson, hostileTexts } from './hostile.ts'
import type { BodyPath, Input } from './inputs.ts'

/** How one input differs from that of the valid request. */
export interface Change {
  readonly name: string
  readonly apply: (parts: Parts) => Parts
}

export type Pair = readonly [name: string, encoded: string]

/** Encoded as they go over the wire. */
export interface Parts {
  readonly params: readonly Pair[]
  readonly query: readonly Pair[]
  readonly form: readonly Pair[] | undefined
  readonly headers: readonly Pair[]
  readonly cookies: readonly Pair[]
  /** Text of the JSON body. */
  readonly json: string | undefined
}

export interface Target {
  readonly method: string
  /** The path as it was registered. */
  readonly pattern: string
  readonly host: string
}

export function messageOf(target: Target, valid: Valid, change?: Change): WireRequest {
  const parts = partsOf(valid)
  return write(target, valid, change ? change.apply(parts) : parts)
}

function partsOf({ params, query, form, headers, cookies, json }: Valid): Parts {
  const encoded = (fields: object = {}): Pair[] =>
    Object.entries(fields).map(([name, value]) => [
      encodeURIComponent(name),
      encodeURIComponent(String(value)),
    ])
  return {
    params: encoded(params),
    query: encoded(query),
    form: form && encoded(form),
    headers: Object.entries(headers ?? {}),
    cookies: encoded(cookies),
    json: json === undefined ? undefined : typeof json === 'string' ? json : JSON.stringify(json),
  }
}

function write({ method, pattern, host }: Target, { type }: Valid, parts: Parts): WireRequest {
  const values = Object.fromEntries(parts.params)
  const path = pattern
    .replace(/:(\w+)/g, (_, name: string) => values[name] ?? '')
    .replace(/\*$/, values['*'] ?? '')
  const query = joined(parts.query, '&')
  const cookie = joined(parts.cookies, '; ')
  const bodyType = parts.form ? 'application/x-www-form-urlencoded' : (type ?? 'application/json')
  const body = parts.form ? joined(parts.form, '&') : parts.json
  const given = parts.headers.map(([name]) => name.toLowerCase())
  const own: Pair[] = [
    ['host', host],
    ...(cookie === '' ? [] : [['cookie', cookie] as const]),
    ...(body === undefined ? [] : [['content-type', bodyType] as const]),
  ]
  return {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: [...own.filter(([name]) => !given.includes(name)), ...parts.headers],
    body: body === undefined ? undefined : Buffer.from(body),
  }
}

function joined(pairs: readonly Pair[], separator: string): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(separator)
}

/** All changes of one input. @param secret to be planted in it, too */
export function changesOf(input: Input, valid: Valid, secret?: string): Change[] {
  if (input.place === 'body') return bodyChanges(input.path, valid, secret)
  const { place, name } = input
  const given = givenAt(place, name, valid)
  const list = LISTS[place]
  const lengths = place === 'form' ? 'body' : place === 'header' || place === 'cookie' ? 'header' : 'path'
  const planted = secret === undefined ? [] : [{ name: 'a secret', bytes: Buffer.from(secret) }]
  const hostile = [...hostileTexts(given ?? '', lengths), ...planted]
  const replaced = hostile.map(({ name: what, bytes }): Change => {
    const encoded = place === 'header' ? bytes.toString('latin1') : percentEncoded(bytes)
    return { name: what, apply: changing(list, name, (pairs) => [...pairs, [name, encoded]]) }
  })
  if (place === 'path') return replaced
  const encoded = place === 'header' ? (given ?? '') : encodeURIComponent(given ?? '')
  const empty: Change = {
    name: 'an empty text',
    apply: changing(list, name, (pairs) => [...pairs, [name, '']]),
  }
  const twice: Pair[] = [
    [name, encoded],
    [name, encoded],
  ]
  const repeated: Change = { name: 'repeated', apply: changing(list, name, (pairs) => [...pairs, ...twice]) }
  const absent: Change = { name: 'absent', apply: changing(list, name, (pairs) => pairs) }
  return [...replaced, empty, repeated, ...(given === undefined ? [] : [absent])]
}

type ListName = 'params' | 'query' | 'form' | 'headers' | 'cookies'
const LISTS = { path: 'params', query: 'query', form: 'form', header: 'headers', cookie: 'cookies' } as const

function givenAt(place: keyof typeof LISTS, name: string, valid: Valid): string | undefined {
  const value = (valid[LISTS[place]] as Readonly<Record<string, unknown>> | undefined)?.[name]
  return value === undefined ? undefined : String(value)
}

/** Takes the pairs of this name away, and hands the others to `put`. */
function changing(list: ListName, name: string, put: (others: readonly Pair[]) => readonly Pair[]) {
  return (parts: Parts): Parts => ({
    ...parts,
    [list]: put((parts[list] ?? []).filter(([one]) => decodeURIComponent(one) !== name)),
  })
}

export function percentEncoded(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^\w.~-]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`
  })
}

const PLACE = '\u0002the place of the change\u0002'

function bodyChanges(path: BodyPath, { json }: Valid, secret: string | undefined): Change[] {
  const given = at(json, path)
  const planted = secret === undefined ? [] : [{ name: 'a secret', text: JSON.stringify(secret) }]
  const replaced = [...hostileJson(given), ...planted].map(({ name, text }) =>
    rewriting(name, path, () => text),
  )
  const key = path.at(-1)
  if (typeof key !== 'string') return replaced
  const beside = (name: string, member: (value: string) => string) =>
    rewriting(name, path, (value) => `${value},${member(value)}`)
  return [
    ...replaced,
    beside('repeated', (value) => `${JSON.stringify(key)}:${value}`),
    beside('a name with NUL beside it', () => '"a\\u0000b":1'),
    beside('an unknown name beside it', () => '"unknown":1'),
    ...(given === undefined ? [] : [absent(path)]),
  ]
}

/** @param text of what stands at the path instead of the text that stands there */
function rewriting(name: string, path: BodyPath, text: (value: string) => string): Change {
  return {
    name,
    apply(parts) {
      const json = jsonOf(parts)
      const template = JSON.stringify(put(json, path, PLACE))
      const value = JSON.stringify(at(json, path) ?? 'x')
      return { ...parts, json: template.replace(JSON.stringify(PLACE), () => text(value)) }
    },
  }
}

function absent(path: BodyPath): Change {
  return {
    name: 'absent',
    apply: (parts) => ({ ...parts, json: JSON.stringify(put(jsonOf(parts), path, undefined)) }),
  }
}

/** Of this very request: names in it may be good once only. */
function jsonOf({ json }: Parts): unknown {
  return json === undefined ? undefined : JSON.parse(json)
}

function at(value: unknown, [first, ...rest]: BodyPath): unknown {
  if (first === undefined) return value
  return at((value as Readonly<Record<string | number, unknown>> | null | undefined)?.[first], rest)
}

/** A copy with another value at the path; what is missing on the way is made. */
function put(value: unknown, [first, ...rest]: BodyPath, leaf: unknown): unknown {
  if (first === undefined) return leaf
  if (typeof first === 'number') {
    const list: unknown[] = Array.isArray(value) ? [...value] : []
    list[first] = put(list[first], rest, leaf)
    return list
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const object: Record<string, unknown> = isObject ? { ...value } : {}
  object[first] = put(object[first], rest, leaf)
  return object
}
