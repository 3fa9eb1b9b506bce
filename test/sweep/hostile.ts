// What every input is tried with.
import { createHash } from 'node:crypto'

/** Text that cannot be compressed, the same in each run. */
function noise(length: number): string {
  let text = ''
  for (let block = 0; text.length < length; block++)
    text += createHash('sha512').update(`noise ${block}`).digest('base64url')
  return text.slice(0, length)
}

const KB = 1_000
const MB = 1_048_576
const LONG = { path: [0.4 * KB, 12 * KB], header: [12 * KB], body: [3 * KB, 100 * KB, MB] } as const
const NOISE = { [0.4 * KB]: noise(0.4 * KB), [3 * KB]: noise(3 * KB), [12 * KB]: noise(12 * KB) } as const
const LARGE = { ...NOISE, [100 * KB]: noise(100 * KB), [MB]: noise(MB) } as Readonly<Record<number, string>>

const EXPONENT = '1e308'
/** No number at all: what reads it takes it for infinity. */
const INFINITE = '1e999'
const DIGITS = '12345678901234567890'
const NO_DATE = '2026-02-30T25:61:61Z'
/** UTF-8 has no such bytes; they are what half of a surrogate pair would be. */
const HALF_PAIR = Buffer.from([0xed, 0xa0, 0x80])

export interface HostileText {
  readonly name: string
  readonly bytes: Buffer
}

/** In place of a text, byte by byte. @param where how long a text can be there */
export function hostileTexts(valid: string, where: keyof typeof LONG): HostileText[] {
  const texts: Record<string, string> = {
    NUL: `${valid}\0`,
    'U+0001': `${valid}\u0001`,
    'U+FFFE': `${valid}\ufffe`,
    [EXPONENT]: EXPONENT,
    [INFINITE]: INFINITE,
    'a 20-digit integer': DIGITS,
    'an impossible date': NO_DATE,
    'another type': '[object Object]',
  }
  for (const size of LONG[where]) texts[`${size} bytes`] = LARGE[size] ?? ''
  return [
    ...Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    { name: 'half of a surrogate pair', bytes: Buffer.concat([Buffer.from(valid), HALF_PAIR]) },
  ]
}

export interface HostileJson {
  readonly name: string
  /** As it stands in the body. */
  readonly text: string
}

/** In place of a value in a JSON body. */
export function hostileJson(valid: unknown): HostileJson[] {
  const text = typeof valid === 'string' ? valid : ''
  const given: Record<string, string> = {
    NUL: `${JSON.stringify(text).slice(0, -1)}\\u0000"`,
    'U+0001': JSON.stringify(`${text}\u0001`),
    'U+FFFE': JSON.stringify(`${text}\ufffe`),
    'half of a surrogate pair': `${JSON.stringify(text).slice(0, -1)}\\ud800"`,
    [EXPONENT]: EXPONENT,
    [INFINITE]: INFINITE,
    'a 20-digit integer': DIGITS,
    'an impossible date': JSON.stringify(NO_DATE),
    'an empty text': '""',
    null: 'null',
    'another type': typeof valid === 'object' ? '"text"' : '{"a":[1]}',
    'a list': typeof valid === 'boolean' ? '[true]' : '[[null]]',
    'another scalar': typeof valid === 'boolean' ? '7' : 'true',
    'a negative number': '-1',
    'a fraction': '1.5',
    'the name of a prototype': '{"__proto__":{"a":1}}',
  }
  for (const size of LONG.body) given[`${size} bytes`] = JSON.stringify(LARGE[size])
  return Object.entries(given).map(([name, json]) => ({ name, text: json }))
}
