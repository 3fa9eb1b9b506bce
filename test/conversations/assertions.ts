// What a conversation says of an answer's body: an operation over the nodes that a path finds.
import { isDeepStrictEqual } from 'node:util'
import { nodesAt } from './json-path.ts'

export interface Assertion {
  readonly path: string
  readonly op: string
  readonly value?: unknown
}

type Operation = (nodes: readonly unknown[], value: unknown) => boolean

const OPERATIONS: Readonly<Record<string, Operation>> = {
  eq: (nodes, value) => nodes.length === 1 && isDeepStrictEqual(nodes[0], value),
  neq: (nodes, value) => !nodes.some((node) => isDeepStrictEqual(node, value)),
  exists: (nodes) => nodes.length > 0,
  unassigned: (nodes) => nodes.every(isEmpty),
  count: (nodes, value) => nodes.length === value,
  countGte: (nodes, value) => nodes.length >= numeric(value),
  countLte: (nodes, value) => nodes.length <= numeric(value),
  gte: ([node, ...more], value) => more.length === 0 && typeof node === 'number' && node >= numeric(value),
  includes: (nodes, value) => nodes.some((node) => isDeepStrictEqual(node, value)),
  excludes: (nodes, value) => !nodes.some((node) => isDeepStrictEqual(node, value)),
  in: (nodes, value) =>
    nodes.length === 1 && listed(value).some((option) => isDeepStrictEqual(nodes[0], option)),
  type: (nodes, value) => nodes.length === 1 && typeOf(nodes[0]) === value,
  matches: ([node, ...more], value) =>
    more.length === 0 && typeof node === 'string' && new RegExp(String(value)).test(node),
  setEq: (nodes, value) => sameMultiset(nodes, listed(value)),
}

/** @returns what is wrong, or undefined when the assertion holds. @throws for an operation or a path it does not know */
export function violation({ path, op, value }: Assertion, document: unknown): string | undefined {
  const operation = Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined
  if (!operation) throw new Error(`assertion operation not known: ${op}`)
  const nodes = nodesAt(path, document)
  if (operation(nodes, value)) return undefined
  return `${path} ${op} ${JSON.stringify(value) ?? ''}: found ${JSON.stringify(nodes)}`
}

function isEmpty(node: unknown): boolean {
  if (node === null || node === '') return true
  return typeof node === 'object' && Object.keys(node).length === 0
}

function typeOf(node: unknown): string {
  if (node === null) return 'null'
  return Array.isArray(node) ? 'array' : typeof node
}

function sameMultiset(nodes: readonly unknown[], wanted: readonly unknown[]): boolean {
  const left = [...wanted]
  for (const node of nodes) {
    const at = left.findIndex((candidate) => isDeepStrictEqual(candidate, node))
    if (at === -1) return false
    left.splice(at, 1)
  }
  return left.length === 0
}

function numeric(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`assertion value must be a number: ${JSON.stringify(value)}`)
  return value
}

function listed(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`assertion value must be a list: ${JSON.stringify(value)}`)
  return value
}
