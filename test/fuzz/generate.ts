// Inputs of a target, from its seeds.
import { pick, type Random } from '#simulator/random.ts'
import { type Json, mutateJson } from './mutate-json.ts'
import { anyText, mutateText } from './mutate-text.ts'
import { seedsOf } from './seeds.ts'

/** Texts of a target: mostly changed seeds, sometimes a seed as it is, sometimes anything. @param more seeds */
export function textsOf(name: string, more: readonly string[] = []): (random: Random) => string {
  const { texts: kept, words } = seedsOf(name)
  const texts = [...kept, ...more]
  return (random) => {
    const chance = random()
    if (chance < 0.02) return anyText(random)
    const seed = pick(random, texts)
    return chance < 0.06 ? seed : mutateText(random, seed, [...words, ...texts])
  }
}

/** JSON of a target, changed as JSON; sometimes as text, so that it may be none. */
export function jsonOf(name: string): (random: Random) => string {
  const { texts, words } = seedsOf(name)
  const values = texts.map((text) => JSON.parse(text) as Json)
  return (random) => {
    const value = pick(random, values)
    const chance = random()
    if (chance < 0.04) return JSON.stringify(value)
    const mutated = JSON.stringify(mutateJson(random, value, words))
    return chance < 0.1 ? mutateText(random, mutated, words) : mutated
  }
}

/** Objects of a target whose schema is checked before it: each member keeps its kind, and its texts are changed. */
export function fieldsOf(name: string): (random: Random) => string {
  const { texts, words } = seedsOf(name)
  const values = texts.map((text) => JSON.parse(text) as Json)
  return (random) => JSON.stringify(withTexts(random, pick(random, values), words))
}

function withTexts(random: Random, value: Json, words: readonly string[]): Json {
  if (typeof value === 'string') return random() < 0.3 ? mutateText(random, value, words) : value
  if (Array.isArray(value)) return value.map((inner) => withTexts(random, inner, words))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withTexts(random, inner, words)]),
  )
}
