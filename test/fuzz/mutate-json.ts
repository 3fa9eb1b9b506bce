// JSON that is nearly right: a valid value with some parts changed, moved, doubled, or replaced by another kind.
import { pick, type Random } from '#simulator/random.ts'
import { anyText, mutateText } from './mutate-text.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const SCALARS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  1.2345678901234567e19,
  '',
  ' ',
  'true',
  'False',
  '1e308',
  '0000-01-01T00:00:00Z',
  [],
  {},
  [null],
  [[]],
  { value: null },
]
const MANY = 60
const DEEP = 40

/** Changes a value in one to four places. @param dictionary words that stand in such values */
export function mutateJson(random: Random, value: Json, dictionary: readonly string[] = []): Json {
  let mutated = value
  for (let times = 1 + Math.floor(random() ** 2 * 4); times > 0; times--)
    mutated = change(random, mutated, dictionary)
  return mutated
}

/** One place: deeper with each step, until it is reached. */
function change(random: Random, value: Json, words: readonly string[]): Json {
  const isInner = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  if (!isInner || random() < 0.15) return replaced(random, value, words)
  return Array.isArray(value) ? changeList(random, value, words) : changeObject(random, value, words)
}

function replaced(random: Random, value: Json, words: readonly string[]): Json {
  const chance = random()
  if (typeof value === 'string' && chance < 0.6) return mutateText(random, value, words)
  if (chance < 0.7) return pick(random, SCALARS)
  if (chance < 0.75) return anyText(random)
  if (chance < 0.8) return [value]
  if (chance < 0.85) return { value }
  if (chance < 0.88) return Array.from({ length: MANY }, () => value)
  if (chance < 0.9) return nested(value)
  return words.length > 0 ? pick(random, words) : pick(random, SCALARS)
}

function nested(value: Json): Json {
  let deep = value
  for (let depth = 0; depth < DEEP; depth++) deep = depth % 2 === 0 ? [deep] : { value: deep }
  return deep
}

function changeList(random: Random, list: readonly Json[], words: readonly string[]): Json {
  const at = Math.floor(random() * list.length)
  const item = list[at] ?? null
  const chance = random()
  if (chance < 0.1) return list.toSpliced(at, 1)
  if (chance < 0.25) return list.toSpliced(at, 0, item)
  if (chance < 0.3) return list.toReversed()
  return list.with(at, change(random, item, words))
}

function changeObject(random: Random, object: { [name: string]: Json }, words: readonly string[]): Json {
  const names = Object.keys(object)
  const name = pick(random, names)
  const inner = object[name] ?? null
  const chance = random()
  const { [name]: _, ...others } = object
  if (chance < 0.1) return others
  if (chance < 0.18) return member(others, mutateText(random, name, words), inner)
  if (chance < 0.26)
    return member(object, random() < 0.5 ? name.toUpperCase() : pick(random, SPELLINGS)(name), inner)
  if (chance < 0.32) return member(object, words.length > 0 ? pick(random, words) : anyText(random), inner)
  if (chance < 0.38) return member(object, pick(random, names), inner)
  return member(object, name, change(random, inner, words))
}

const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => `${name}.value`,
  (name) => `urn:ietf:params:scim:schemas:core:2.0:User:${name}`,
  (name) => `${name}[type eq "work"].value`,
  (name) => `${name}[0]`,
  () => '__proto__',
  () => 'constructor',
  () => '',
]

/** As a JSON parser makes it: also one that is called `__proto__` is a member of its own. */
function member(object: { [name: string]: Json }, name: string, value: Json): Json {
  return Object.fromEntries([...Object.entries(object), [name, value]])
}
