// A strict reader for small XML texts with namespaces. It accepts elements, attributes, text and XML's five entities, and
// refuses everything else; scanXml() always runs first. For signed messages it checks the shape before the signature library
// parses them, and reads the verified bytes afterwards. So the library only parses small, well-formed texts. @see Extensible
// Markup Language 1.0, Namespaces in XML 1.0
import { isXmlText, scanXml, XmlError } from './xml-scan.ts'

export interface XmlElement {
  /** Empty: none. */
  readonly namespace: string
  readonly name: string
  /** Attributes without a prefix, by name. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The element's own text, without its children's. */
  readonly text: string
}

/** Declared prefixes and their namespaces; the innermost declaration counts. */
interface Scope {
  readonly declared: ReadonlyMap<string, string>
  readonly outer: Scope | undefined
}

interface OpenElement {
  readonly tag: string
  readonly scope: Scope
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
}

const NAME = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`
const ATTRIBUTE = String.raw`\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*')`
const TOKEN = new RegExp(String.raw`<(${NAME})((?:${ATTRIBUTE})*)\s*(/?)>|</(${NAME})\s*>|([^<]+)`, 'y')
const EACH_ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, 'g')

// Parsers copy all prefixes in scope to each element, so the cost grows with prefixes times attributes.
const PREFIXES = 64
const ATTRIBUTES = 32

/** @returns the root element @throws {XmlError} */
export function readXml(text: string): XmlElement {
  const body = scanXml(text).trim()
  requireFewPrefixes(body)
  const scope = { declared: new Map(), outer: undefined }
  const top: OpenElement = { tag: '', scope, attributes: new Map(), children: [], text: '' }
  const open: OpenElement[] = [top]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body)
    if (!token) throw new XmlError('is not well-formed XML')
    readToken(open, token)
  }
  const [root, ...more] = top.children
  if (open.length > 1 || !root || more.length > 0 || top.text.trim() !== '')
    throw new XmlError('is not well-formed XML')
  return root
}

function readToken(
  open: OpenElement[],
  [, start, attributes = '', empty, end, text]: readonly (string | undefined)[],
) {
  const current = innermost(open)
  if (text !== undefined) current.text += resolveReferences(text)
  else if (start !== undefined) {
    open.push(openElement(start, attributes, current.scope))
    if (empty) closeElement(open)
  } else {
    if (current.tag !== end) throw new XmlError('is not well-formed XML')
    closeElement(open)
  }
}

function innermost(open: OpenElement[]): OpenElement {
  const current = open.at(-1)
  if (!current) throw new XmlError('is not well-formed XML')
  return current
}

function requireFewPrefixes(body: string): void {
  const prefixes = new Set<string>()
  for (const [, prefix = ''] of body.matchAll(/\sxmlns:([\w.-]+)/g)) {
    prefixes.add(prefix)
    if (prefixes.size > PREFIXES) throw new XmlError(`must declare at most ${PREFIXES} prefixes`)
  }
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map()

function openElement(tag: string, written: string, outer: Scope): OpenElement {
  if (written === '') return { tag, scope: outer, attributes: NO_ATTRIBUTES, children: [], text: '' }
  const declared = new Map<string, string>()
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single] of written.matchAll(EACH_ATTRIBUTE)) {
    const value = normalizeSpace(resolveReferences(double ?? single ?? ''))
    if (name === 'xmlns') declared.set('', value)
    else if (name.startsWith('xmlns:')) declared.set(name.slice('xmlns:'.length), value)
    else if (attributes.has(name)) throw new XmlError('is not well-formed XML')
    else attributes.set(name, value)
    if (attributes.size + declared.size > ATTRIBUTES)
      throw new XmlError(`must have at most ${ATTRIBUTES} attributes and namespace declarations an element`)
  }
  const scope = declared.size > 0 ? { declared, outer } : outer
  return { tag, scope, attributes, children: [], text: '' }
}

function closeElement(open: OpenElement[]): void {
  const done = open.pop()
  if (!done || open.length === 0) throw new XmlError('is not well-formed XML')
  const [prefix, name] = done.tag.includes(':') ? done.tag.split(':', 2) : ['', done.tag]
  const namespace = namespaceOf(prefix ?? '', done.scope)
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

function namespaceOf(prefix: string, { declared, outer }: Scope): string | undefined {
  return declared.get(prefix) ?? (outer && namespaceOf(prefix, outer))
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** @see Extensible Markup Language 1.0 §3.3.3 */
function normalizeSpace(value: string): string {
  return /[\t\n\r]/.test(value) ? value.replace(/[\t\n\r]/g, ' ') : value
}

function resolveReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    const [, hexadecimal, decimal] = /^#(?:x([\dA-Fa-f]{1,6})|(\d{1,7}))$/.exec(name) ?? []
    const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : decimal ? Number(decimal) : undefined
    const value = code === undefined ? ENTITIES.get(name) : characterOf(code)
    if (value === undefined || !whole.endsWith(';'))
      throw new XmlError('uses an entity that it does not declare')
    return value
  })
}

function characterOf(code: number): string | undefined {
  if (code > 0x10ffff) return undefined
  const text = String.fromCodePoint(code)
  return isXmlText(text) ? text : undefined
}
