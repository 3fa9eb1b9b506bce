// Requests that are nearly right: the parts of a valid one, with some of them changed.
import { pick, type Random } from '#simulator/random.ts'
import { type Pair, type Parts, percentEncoded } from '../sweep/message.ts'
import { type Json, mutateJson } from './mutate-json.ts'
import { mutateText } from './mutate-text.ts'

/** Words of the whole service: names of its parameters, fields and headers. */
const WORDS = [
  'id',
  'limit',
  'after',
  'q',
  'filter',
  'sortBy',
  'count',
  'cursor',
  'startIndex',
  'attributes',
  'tenant',
  'token',
  'return_to',
  'userName',
  'members',
  'value',
  '01890000-0000-7000-8000-000000000000',
  'urn:ietf:params:scim:schemas:core:2.0:User',
  'https://a.example',
  'true',
  'null',
]

/** Changes some parts of a request; each change is in a place that the request has. */
export function mutateParts(random: Random, parts: Parts): Parts {
  const places = (['params', 'query', 'form', 'headers', 'cookies'] as const).filter(
    (place) => (parts[place] ?? []).length > 0,
  )
  const all = [...places, ...(parts.json === undefined ? [] : (['json', 'json', 'json'] as const))]
  // A changed credential or address says little of what lies behind it.
  const inner = all.filter((place) => place !== 'headers' && place !== 'cookies' && place !== 'params')
  if (inner.length === 0 && (all.length === 0 || random() < 0.8))
    return { ...parts, query: [[pick(random, WORDS), encoded(mutateText(random, 'x', WORDS))]] }
  let mutated = parts
  for (let times = 1 + Math.floor(random() ** 2 * 3); times > 0; times--) {
    const place = pick(random, inner.length > 0 && random() < 0.9 ? inner : all)
    mutated =
      place === 'json'
        ? { ...mutated, json: mutateBody(random, mutated.json ?? '') }
        : { ...mutated, [place]: mutatePairs(random, mutated[place] ?? [], place === 'headers') }
  }
  return mutated
}

function mutateBody(random: Random, json: string): string {
  if (random() < 0.15) return mutateText(random, json, WORDS)
  try {
    return JSON.stringify(mutateJson(random, JSON.parse(json) as Json, WORDS))
  } catch {
    return json // a change before made it no JSON
  }
}

function mutatePairs(random: Random, pairs: readonly Pair[], areHeaders: boolean): Pair[] {
  if (pairs.length === 0) return [] // those before took them away
  const at = Math.floor(random() * pairs.length)
  const [name, value] = pairs[at] ?? ['x', 'x']
  const chance = random()
  if (chance < 0.1) return pairs.filter((_, index) => index !== at)
  if (chance < 0.2) return [...pairs, [name, value]]
  if (chance < 0.3 && !areHeaders) return [...pairs, [encoded(pick(random, WORDS)), value]]
  if (areHeaders) return pairs.with(at, [name, headerValue(mutateText(random, value, WORDS))])
  return pairs.with(at, [name, encoded(mutateText(random, decoded(value), WORDS))])
}

/** A line end would make two headers, or two requests, of one. */
function headerValue(text: string): string {
  return Buffer.from(text.slice(0, 4_000))
    .toString('latin1')
    .replace(/[\r\n]/g, ' ')
}

const LONGEST = 4_000

function encoded(text: string): string {
  return percentEncoded(Buffer.from(text.slice(0, LONGEST)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
