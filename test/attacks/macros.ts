// The small language in which attack cases are written: `{{variable}}` and `{{macro:argument}}`, innermost first.
import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'

export type Variables = ReadonlyMap<string, string | readonly string[]>

export interface Expansion {
  readonly variables: Variables
  /** Which repetition of the request this is, from 0; `item` takes its element by it. */
  readonly repetition: number
  /** How the value of a macro or variable is put into the text around it; as it is, when not given. */
  readonly quote?: (value: string) => string
}

/** `{{` … `}}` that holds no other such pair. */
const INNERMOST = /\{\{((?:(?!\{\{|\}\})[\s\S])+)\}\}/g

/** @throws for a macro or variable that is not known */
export function expand(text: string, expansion: Expansion): string {
  const expanded = text.replace(INNERMOST, (_whole, content: string) => {
    const value = meaning(content, expansion)
    return expansion.quote ? expansion.quote(value) : value
  })
  return expanded === text ? text : expand(expanded, expansion)
}

/** As `expand`; a text that is one whole `{{gzip:…}}` becomes bytes. */
export function expandBody(text: string, expansion: Expansion): string | Buffer {
  const packed = /^\{\{gzip:([\s\S]*)\}\}$/.exec(text)?.[1]
  return packed === undefined ? expand(text, expansion) : gzipSync(expand(packed, expansion))
}

/** Expands every string in a JSON value, keys too. */
export function expandAll(value: unknown, expansion: Expansion): unknown {
  if (typeof value === 'string') return expand(value, expansion)
  if (Array.isArray(value)) return value.map((element) => expandAll(element, expansion))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [expand(key, expansion), expandAll(inner, expansion)]),
  )
}

const MACROS: Readonly<Record<string, (argument: string, expansion: Expansion) => string>> = {
  rep: repeated,
  half: (argument, { variables }) => halfOf(named(argument, variables) ?? argument),
  upper: (argument, { variables }) => (named(argument, variables) ?? argument).toUpperCase(),
  fullwidth: (argument, { variables }) => fullwidth(named(argument, variables) ?? argument),
  b64: (argument) => Buffer.from(argument, 'utf8').toString('base64'),
  item: (argument, { variables, repetition }) => {
    const items = itemsOf(argument, variables)
    return items[repetition % items.length] ?? ''
  },
}

function meaning(content: string, expansion: Expansion): string {
  if (content === 'uuid') return randomUUID()
  const later = /^now([+-]\d+)?$/.exec(content)
  if (later) return String(Math.floor(Date.now() / 1_000) + Number(later[1] ?? 0))
  const colon = content.indexOf(':')
  const name = content.slice(0, colon)
  const macro = colon > 0 && Object.hasOwn(MACROS, name) ? MACROS[name] : undefined
  const value = macro ? macro(content.slice(colon + 1), expansion) : named(content, expansion.variables)
  if (value === undefined) throw new Error(`{{${content.slice(0, 80)}}} is no macro and no variable`)
  return value
}

/** `rep:S:N`; S may hold colons itself. */
function repeated(argument: string): string {
  const colon = argument.lastIndexOf(':')
  const times = Number(argument.slice(colon + 1))
  if (colon < 1 || !Number.isInteger(times) || times < 1)
    throw new Error(`{{rep:${argument.slice(0, 80)}}}: S:N expected`)
  return argument.slice(0, colon).repeat(times)
}

function halfOf(text: string): string {
  return text.slice(0, Math.floor(text.length / 2))
}

/** ASCII in its full-width form, which NFKC turns back. */
function fullwidth(text: string): string {
  return text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
}

/** A variable that holds a list, `[a,b]`, or a range `first..last` whose leading zeros are kept. */
function itemsOf(argument: string, variables: Variables): readonly string[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(argument)
  if (range) {
    const [, first = '', last = ''] = range
    const length = Number(last) - Number(first) + 1
    return Array.from({ length }, (_, index) => String(Number(first) + index).padStart(first.length, '0'))
  }
  if (argument.startsWith('[') && argument.endsWith(']')) return argument.slice(1, -1).split(',')
  const list = variables.get(argument)
  if (!Array.isArray(list)) throw new Error(`{{item:${argument}}}: neither a range nor a list`)
  return list
}

function named(name: string, variables: Variables): string | undefined {
  const value = variables.get(name)
  return typeof value === 'object' ? value.join(',') : value
}
