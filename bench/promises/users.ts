// Operations on single users, and a first page, at each size of the directory.

import { PEER_USERS } from '../parts/load.ts'
import type { Evidence } from '../parts.ts'
import { largest, type Plan, smallest } from '../plan.ts'
import { atLeast, atMost, moreThan, type Promised } from '../promise.ts'

interface Shares {
  readonly name: string
  /** The least rate, as a fraction of the rate of the floor and of each peer. */
  readonly floor: number
  readonly polis?: number
  readonly scimmy?: number
}

const OPERATIONS: Readonly<Record<string, Shares>> = {
  get: { name: 'get by id', floor: 0.6, polis: 2.5 },
  findUserName: { name: 'find by userName', floor: 0.6, polis: 2.5 },
  /** Polis can't find users by externalId. */
  findExternalId: { name: 'find by externalId', floor: 0.6 },
  create: { name: 'create', floor: 0.5, polis: 3 },
  patchAttr: { name: 'PATCH one attribute', floor: 0.55, polis: 1.5, scimmy: 4 },
  patchActive: { name: 'PATCH active', floor: 0.55, polis: 1.5, scimmy: 4 },
  put: { name: 'PUT', floor: 0.55, polis: 1.3, scimmy: 1.2 },
  list100: { name: 'first page of 100', floor: 0.5, polis: 3 },
}

export function userPromises(plan: Plan, { load }: Evidence): Promised[] {
  return [...plan.sizes.flatMap((size) => atSize(size, load)), ...growth(plan, load)]
}

function atSize(size: number, load: Evidence['load']): Promised[] {
  const users = `${size} users`
  const times = (op: string, other: string) => () =>
    load.rate('ours', op, { size }) / load.rate(other, op, { size })
  const beside = Object.entries(OPERATIONS).flatMap(([op, { name, ...shares }]) =>
    Object.entries(shares)
      .filter(([other]) => other === 'floor' || size <= PEER_USERS)
      .map(([other, share]) => atLeast(`${name}, ${users}`, share, `× ${other}`, times(op, other))),
  )
  if (size <= PEER_USERS) beside.push(moreThan(`create, ${users}`, 1, '× scimmy', times('create', 'scimmy')))
  return [...beside, ...limits(size, load)]
}

/** Compares with what doesn't depend on the directory: CPU time, Fastify alone, the database alone. */
function limits(size: number, load: Evidence['load']): Promised[] {
  const ours = (op: string) => load.rate('ours', op, { size })
  return [
    atMost(
      `get by id, CPU, ${size} users`,
      1.7,
      '× floor',
      () => load.cpu('ours', 'get', { size }) / load.cpu('floor', 'get', { size }),
    ),
    atLeast(
      `get by id, ${size} users`,
      6,
      '% of hello',
      () => (100 * ours('get')) / load.rate('hello', 'raw'),
    ),
    atLeast(
      `get by id, ${size} users`,
      0.25,
      '× pgbench',
      () => ours('get') / load.rate('pgbench-get', 'exec'),
    ),
    atLeast(
      `create, ${size} users`,
      0.2,
      '× pgbench',
      () => ours('create') / load.rate('pgbench-create', 'exec'),
    ),
  ]
}

/** Returns what must not get slower with the size of the directory. */
function growth({ sizes }: Plan, load: Evidence['load']): Promised[] {
  const [small, large] = [smallest(sizes), largest(sizes)]
  if (small === large) return []
  return ['findUserName', 'findExternalId'].map((op) =>
    atMost(
      `${OPERATIONS[op]?.name}, CPU at ${large} users`,
      1.3,
      `× that at ${small}`,
      () => load.cpu('ours', op, { size: large }) / load.cpu('ours', op, { size: small }),
    ),
  )
}
