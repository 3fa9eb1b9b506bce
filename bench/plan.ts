// Reads what a run measures from the flags of the command line.
import { parseArgs } from 'node:util'

/** The parts of a run, in order. Parts that need an idle machine come first. */
export const PARTS = [
  'idle',
  'start',
  'documents',
  'nodes',
  'gateway',
  'load',
  'fresh',
  'groups',
  'sync',
] as const
export type Part = (typeof PARTS)[number]

export interface Plan {
  readonly parts: readonly Part[]
  /** Numbers of users in the directory under load, ascending. */
  readonly sizes: readonly number[]
  /** Numbers of members of the groups under load, ascending. */
  readonly groups: readonly number[]
  /** Numbers of members of the groups that are replaced as a whole, ascending. */
  readonly large: readonly number[]
  readonly rounds: number
  /** Length of a slice in seconds. */
  readonly slice: number
  readonly peers: boolean
  readonly pgbench: boolean
  /** Size of the simulator's first sync. */
  readonly sync: { readonly users: number; readonly groups: number; readonly dialect: string }
  /** The run ends after this time, with the results so far. */
  readonly minutes: number
  /** File for the figures in JSON. */
  readonly json: string | undefined
}

export const USAGE = `npm run bench -- [options]
  --full              the whole table: all parts, sizes to 100,000, peers and pgbench
  --parts LIST        of ${PARTS.join(', ')} (documents,nodes,gateway,load,fresh,groups;
                      --full: all)
  --sizes LIST        users under load (1000,10000; --full: 1000,10000,100000)
  --groups LIST       members of groups (10,10000; --full: 10,1000,10000,100000)
  --large LIST        members of groups that are replaced (1000,50000; --full: 1000,10000,50000,100000)
  --peers, --pgbench  measure beside Polis and SCIMMY; beside pgbench
  --rounds N, --slice SECONDS    3, 0.8 (--full: 1)
  --sync-users N, --sync-groups N, --dialect NAME    of the simulator (100000, 1000, entra)
  --minutes N         the longest that it may take (60)
  --json FILE         also write every figure there
`

const numbers = (list: string) =>
  list
    .split(',')
    .map(Number)
    .sort((a, b) => a - b)

/** Reads the flags. @throws on an unknown flag */
export function readPlan(args: string[]): Plan | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      parts: { type: 'string' },
      sizes: { type: 'string' },
      groups: { type: 'string' },
      large: { type: 'string' },
      peers: { type: 'boolean' },
      pgbench: { type: 'boolean' },
      rounds: { type: 'string', default: '3' },
      slice: { type: 'string' },
      'sync-users': { type: 'string', default: '100000' },
      'sync-groups': { type: 'string', default: '1000' },
      dialect: { type: 'string', default: 'entra' },
      minutes: { type: 'string', default: '60' },
      json: { type: 'string' },
    },
  })
  if (values.help) return 'help'
  const { full } = values
  return {
    parts: readParts(values.parts ?? (full ? PARTS.join() : 'documents,nodes,gateway,load,fresh,groups')),
    sizes: numbers(values.sizes ?? (full ? '1000,10000,100000' : '1000,10000')),
    groups: numbers(values.groups ?? (full ? '10,1000,10000,100000' : '10,10000')),
    large: numbers(values.large ?? (full ? '1000,10000,50000,100000' : '1000,50000')),
    rounds: Number(values.rounds),
    slice: Number(values.slice ?? (full ? 1 : 0.8)),
    peers: values.peers ?? full,
    pgbench: values.pgbench ?? full,
    sync: {
      users: Number(values['sync-users']),
      groups: Number(values['sync-groups']),
      dialect: values.dialect,
    },
    minutes: Number(values.minutes),
    json: values.json,
  }
}

function readParts(list: string): Part[] {
  const asked = list.split(',')
  const unknown = asked.filter((name) => !PARTS.some((part) => part === name))
  if (unknown.length > 0)
    throw new Error(`there is no part ${unknown.join(', ')}; known: ${PARTS.join(', ')}`)
  return PARTS.filter((part) => asked.includes(part))
}

export const largest = (values: readonly number[]): number => Math.max(...values)
export const smallest = (values: readonly number[]): number => Math.min(...values)
