// Texts that are nearly right: a valid one with some parts of it changed, moved, or replaced by what is hard to read.
import { pick, type Random } from '#simulator/random.ts'

const STRANGE = [
  '\0',
  '\u0001',
  '\ufffe',
  '\ud800',
  '\udc00',
  '\u202e',
  '\u200d',
  '\u0130',
  '\u1e9e',
  '\ufb03',
  '\uff21',
  '\u0345',
  '\u{1f469}\u200d\u{1f680}',
  'e\u0301',
  '\ufdfa',
  '\u2028',
  '\r\n',
  '\t',
  '"',
  "'",
  '\\',
  '\\"',
  '\\u0000',
  '\\ud800',
  '%00',
  '%',
  '${',
  '__proto__',
  'constructor',
  'toString',
]
const NUMBERS = [
  '0',
  '-1',
  '1e308',
  '-1e308',
  '1e999',
  '12345678901234567890',
  '0x10',
  '1.5',
  'NaN',
  '9007199254740993',
]
const DATES = [
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-14:00',
  '2026-02-30T00:00:00Z',
  '2026-06-30T23:59:60Z',
]
const POOL = [...STRANGE, ...NUMBERS, ...DATES]

const LONGEST = 20_000
const REPEATS = [2, 10, 300]

type Mutation = (random: Random, text: string, dictionary: readonly string[]) => string

const MUTATIONS: readonly Mutation[] = [
  (random, text, words) => splice(random, text, word(random, words), 0),
  (random, text, words) => splice(random, text, word(random, words), length(random, text)),
  (random, text) => splice(random, text, pick(random, POOL), 0),
  (random, text) => splice(random, text, pick(random, POOL), 1),
  (random, text) => splice(random, text, '', length(random, text)),
  (random, text) => splice(random, text, part(random, text), 0),
  (random, text) => splice(random, text, part(random, text), length(random, text)),
  (random, text) => splice(random, text, part(random, text).repeat(pick(random, REPEATS)), 0),
  (random, text) => splice(random, text, nextLetter(random, text), 1),
  (random, text) => (random() < 0.5 ? text.toUpperCase() : text.toLowerCase()),
  (random, text, words) => (words.length > 0 ? half(random, text) + half(random, pick(random, words)) : text),
]

/** Changes a text in one to four places. @param dictionary words, and whole texts, of its kind */
export function mutateText(random: Random, text: string, dictionary: readonly string[] = []): string {
  let mutated = text
  for (let times = 1 + Math.floor(random() ** 2 * 4); times > 0; times--)
    mutated = pick(random, MUTATIONS)(random, mutated, dictionary).slice(0, LONGEST)
  return mutated
}

function word(random: Random, words: readonly string[]): string {
  return words.length > 0 ? pick(random, words) : pick(random, POOL)
}

function splice(random: Random, text: string, inserted: string, removed: number): string {
  const at = Math.floor(random() * (text.length + 1))
  return text.slice(0, at) + inserted + text.slice(at + removed)
}

function part(random: Random, text: string): string {
  const from = Math.floor(random() * text.length)
  return text.slice(from, from + length(random, text))
}

function half(random: Random, text: string): string {
  const at = Math.floor(random() * text.length)
  return random() < 0.5 ? text.slice(0, at) : text.slice(at)
}

/** Short ones are more often. */
function length(random: Random, text: string): number {
  return 1 + Math.floor(random() ** 3 * text.length)
}

function nextLetter(random: Random, text: string): string {
  const code = text.charCodeAt(Math.floor(random() * text.length)) || 0
  return String.fromCharCode(random() < 0.5 ? code + 1 : Math.floor(random() * 0x1_0000))
}

/** Any text at all. */
export function anyText(random: Random): string {
  const letters = Math.floor(random() ** 3 * 200)
  return Array.from({ length: letters }, () =>
    random() < 0.7 ? String.fromCharCode(32 + Math.floor(random() * 95)) : pick(random, POOL),
  ).join('')
}
