// Helpers that check and read the elements of a SAML message: what must be there, exactly once, and nothing else.
import type { XmlElement } from './xml-reader.ts'

/** A message is refused. The text quotes nothing of the message; it is for the log. */
export class SamlError extends Error {}

/** @throws {SamlError} */
export function requireThat(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new SamlError(reason)
}

export function isNamed(element: XmlElement, namespace: string, name: string): boolean {
  return element.namespace === namespace && element.name === name
}

export function childrenOf(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return element.children.filter((child) => isNamed(child, namespace, name))
}

/** Returns the only child of that name. @throws {SamlError} there is none, or several */
export function onlyChild(element: XmlElement, namespace: string, name: string): XmlElement {
  const [child, ...more] = childrenOf(element, namespace, name)
  requireThat(child !== undefined && more.length === 0, `${element.name} has not exactly one ${name}`)
  return child
}

/** Requires that all children are among these. @throws {SamlError} */
export function requireChildrenAmong(
  element: XmlElement,
  allowed: readonly (readonly [string, string])[],
): void {
  const isAllowed = (child: XmlElement) =>
    allowed.some(([namespace, name]) => isNamed(child, namespace, name))
  requireThat(element.children.every(isAllowed), `${element.name} contains an element that is not allowed`)
}

/** Returns the trimmed text of an element that contains only text. @throws {SamlError} */
export function textOf(element: XmlElement): string {
  requireThat(element.children.length === 0, `${element.name} contains more than text`)
  return element.text.trim()
}

/** Yields the element and all its descendants, the outer first. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* everyElement(child)
}

/** The most that a database index takes. */
const IDENTIFIER_BYTES = 1_024

/** @throws {SamlError} it is empty or too long. @see SAML 2.0 Core §8.3.7, which allows 256 characters */
export function requireIdentifier(text: string, name: string): void {
  const { length } = new TextEncoder().encode(text)
  requireThat(length > 0 && length <= IDENTIFIER_BYTES, `the ${name} is empty or too long`)
}
