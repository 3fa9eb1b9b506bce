// What tests say of themselves, for lists that name tests as evidence.
import { readFileSync } from 'node:fs'

/** The head of a test that is skipped, or known to fail: it shows nothing. */
const IDLE = /\btest\.(?:skip|fails|todo)\b[\s\S]*?=>/g
const QUOTED = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/g

/** What stands in quotes in a file: titles, and the words of the tables that become titles. */
export function textsIn(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(IDLE, '')
  return [...text.matchAll(QUOTED)].map((found) => found.slice(1).join(''))
}
