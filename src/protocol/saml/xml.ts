// A strict reader for small XML texts with namespaces that nobody signed: metadata. It knows elements, attributes, text and
// the five entities of XML, and refuses everything else; scanXml() is always its first step.
// @see Extensible Markup Language 1.0, Namespaces in XML 1.0
import { scanXml, XmlError } from './xml-scan.ts'

export interface XmlElement {
  /** Empty for none. */
  readonly namespace: string
  readonly name: string
  /** Those without a prefix, by name. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own text, without that of its children. */
  readonly text: string
}

interface Open {
  readonly tag: string
  readonly scope: ReadonlyMap<string, string>
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
}

const NAME = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`
const ATTRIBUTE = String.raw`\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*')`
const TOKEN = new RegExp(
  String.raw`<(?<start>${NAME})(?<attributes>(?:${ATTRIBUTE})*)\s*(?<empty>/?)>|</(?<end>${NAME})\s*>|(?<text>[^<]+)`,
  'y',
)
const EACH_ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, 'g')

/** @returns the root element @throws {XmlError} */
export function readXml(text: string): XmlElement {
  const body = scanXml(text).trim()
  const top: Open = { tag: '', scope: new Map(), attributes: new Map(), children: [], text: '' }
  const open: Open[] = [top]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body)?.groups
    if (!token) throw new XmlError('is no well-formed XML')
    take(open, token)
  }
  const [root, ...more] = top.children
  if (open.length > 1 || !root || more.length > 0 || top.text.trim() !== '')
    throw new XmlError('is no well-formed XML')
  return root
}

function take(
  open: Open[],
  { start, attributes = '', empty, end, text }: Record<string, string | undefined>,
) {
  const current = innermost(open)
  if (text !== undefined) current.text += unescaped(text)
  else if (start !== undefined) {
    open.push(begin(start, attributes, current.scope))
    if (empty) finish(open)
  } else {
    if (current.tag !== end) throw new XmlError('is no well-formed XML')
    finish(open)
  }
}

function innermost(open: Open[]): Open {
  const current = open.at(-1)
  if (!current) throw new XmlError('is no well-formed XML')
  return current
}

function begin(tag: string, written: string, outer: ReadonlyMap<string, string>): Open {
  const scope = new Map(outer)
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single] of written.matchAll(EACH_ATTRIBUTE)) {
    const value = unescaped(double ?? single ?? '').replace(/\s/g, ' ')
    if (name === 'xmlns') scope.set('', value)
    else if (name.startsWith('xmlns:')) scope.set(name.slice('xmlns:'.length), value)
    else if (attributes.has(name)) throw new XmlError('is no well-formed XML')
    else attributes.set(name, value)
  }
  return { tag, scope, attributes, children: [], text: '' }
}

function finish(open: Open[]): void {
  const done = open.pop()
  if (!done || open.length === 0) throw new XmlError('is no well-formed XML')
  const [prefix, name] = done.tag.includes(':') ? done.tag.split(':', 2) : ['', done.tag]
  const namespace = done.scope.get(prefix ?? '')
  if (namespace === undefined && prefix !== '') throw new XmlError('uses a prefix that it does not declare')
  const { attributes, children, text } = done
  innermost(open).children.push({
    namespace: namespace ?? '',
    name: name ?? '',
    attributes,
    children,
    text,
  })
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    const [, hexadecimal, decimal] = /^#(?:x([\dA-Fa-f]{1,6})|(\d{1,7}))$/.exec(name) ?? []
    const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : decimal ? Number(decimal) : undefined
    const value = code === undefined ? ENTITIES[name] : character(code)
    if (value === undefined || !whole.endsWith(';'))
      throw new XmlError('uses an entity that it does not declare')
    return value
  })
}

/** XML 1.0 §2.2 */
function character(code: number): string | undefined {
  const isCharacter =
    [9, 10, 13].includes(code) ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  return isCharacter ? String.fromCodePoint(code) : undefined
}
