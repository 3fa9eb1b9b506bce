// Simulates an identity provider: the connection test, the first full sync, then incremental cycles, as one dialect sends them.
// This folder owns the simulation, its made-up users and groups, and the check of the answers. It is a SCIM client, so it
// imports nothing of the service. `doorlist simulate`, `npm run demo`, the tests and the bench use it. Start with this file;
// dialect.ts says what differs between identity providers.
import { type Client, type Credentials, openClient, type Patience } from './client.ts'
import { planCycle } from './cycle.ts'
import type { Dialect, GroupDialect } from './dialect.ts'
import { deleteGroup, type GroupWrite, planGroup, provisionGroup, writeGroup } from './groups.ts'
import { isObject, type JsonObject } from './messages.ts'
import { formTeams, hirePeople, type Person, type Team } from './people.ts'
import { seeded } from './random.ts'
import { type Account, expects, hasId, openAsk, type Session, Stopped } from './session.ts'
import { newTally, type Tally } from './tally.ts'
import { changeUser, deleteUser, provisionUser, sendManager } from './users.ts'
import { openVerifier, type Verification, verifyResource } from './verify.ts'

export interface Simulation {
  dialect: Dialect
  /** SCIM base URL, as shown by the service */
  endpoint: string
  credentials: Credentials
  users: number
  groups: number
  /** incremental cycles after the first sync; 0 by default */
  cycles?: number
  /** the same seed makes the same people; 1 by default */
  seed?: number
  /** part of the user names and addresses after the @ */
  domain?: string
  /** requests in flight; the dialect's own habit by default */
  parallel?: number
  patience?: Patience
  /** compares what the service shows with what was sent: each echo, and in the end every user and group */
  verify?: boolean
  /** aborted: the simulation ends after the requests in flight, with a summary */
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

/** `done` of `total` pieces of work; each phase starts with done = 0 and ends with done = total unless it is stopped. */
export interface Progress {
  phase: string
  done: number
  total: number
}

/** Never holds a credential. */
export interface Summary extends Tally {
  dialect: string
  seconds: number
  /** accounts and groups that exist at the service in the end, as far as this client knows */
  users: number
  groups: number
  /** with `verify`: what was compared in the end, and what differs */
  verification?: Verification
  /** why it ended early */
  stopped?: string
}

export async function simulate(simulation: Simulation): Promise<Summary> {
  const { dialect, signal } = simulation
  const started = performance.now()
  const tally = newTally()
  const parallel = simulation.parallel ?? dialect.parallel
  const client: Client = openClient({ ...simulation, connections: parallel, tally, signal })
  const random = seeded(simulation.seed ?? 1)
  const verifier = simulation.verify ? openVerifier() : undefined
  const session: Session = {
    dialect,
    random,
    accounts: new Map(),
    groups: new Map(),
    ask: openAsk(client, tally, verifier?.accepted),
  }
  let stopped: string | undefined
  try {
    const phase = openPhases(parallel, simulation.onProgress)
    await run(simulation, session, tally, phase)
    if (verifier) await phase('verify', verifier.paths(), (path) => verifyResource(session, verifier, path))
  } catch (error) {
    if (signal?.aborted) stopped = 'interrupted'
    else if (error instanceof Stopped) stopped = error.message
    else throw error
  } finally {
    client.close()
  }
  const seconds = (performance.now() - started) / 1000
  const { accounts, groups } = session
  return {
    dialect: dialect.name,
    ...tally,
    seconds,
    users: accounts.size,
    groups: groups.size,
    ...(verifier && { verification: verifier.result }),
    ...(stopped !== undefined && { stopped }),
  }
}

async function run(simulation: Simulation, session: Session, tally: Tally, phase: Phase): Promise<void> {
  const { dialect, users, groups, cycles = 0, seed = 1, domain = 'harbour.example' } = simulation
  const hire = hirePeople(seed, domain)
  const people = Array.from({ length: users }, (_, index) => hire(index))
  const teams = dialect.group ? formTeams(seed, groups, people) : []

  await testConnection(session, tally, phase)
  await phase('users', people, (person) => provisionUser(session, person))
  await sendManagers(session, phase, 'managers', people)
  if (dialect.group) await provisionTeams(session, dialect.group, phase, '', teams)

  let nextPerson = users
  let nextTeam = Math.max(groups, 1)
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const directory = {
      people: [...session.accounts.values()].map((account) => account.person),
      teams: [...session.groups.values()].map((group) => group.team),
      nextPerson,
      nextTeam,
    }
    const plan = planCycle(seed, seeded(seed * 7919 + cycle), directory, hire)
    nextPerson += plan.hired.length
    nextTeam += plan.newTeams.length
    await runCycle(session, plan, `cycle ${cycle}: `, phase)
  }
}

async function runCycle(
  session: Session,
  plan: ReturnType<typeof planCycle>,
  prefix: string,
  phase: Phase,
): Promise<void> {
  const { dialect } = session
  await phase(`${prefix}new users`, plan.hired, (person) => provisionUser(session, person))
  await sendManagers(session, phase, `${prefix}managers`, plan.hired)
  await send('changes', 'change user', plan.changed)
  await send('deactivations', 'deactivate user', plan.deactivated)
  await send('reactivations', 'reactivate user', plan.reactivated)
  if (dialect.group) {
    await phase(`${prefix}deleted groups`, accountsOf(session.groups, plan.closedTeams), (group) =>
      deleteGroup(session, group),
    )
    await provisionTeams(session, dialect.group, phase, prefix, plan.newTeams)
    await changeTeams(session, dialect.group, phase, prefix, plan.changedTeams)
  }
  // Last, so that nobody is deleted who is still to be taken out of a group.
  if (dialect.user.deletes) {
    await phase(`${prefix}deletions`, accountsOf(session.accounts, plan.left), (account) =>
      deleteUser(session, account),
    )
  }

  function send(name: string, operation: string, people: Person[]): Promise<void> {
    return phase(`${prefix}${name}`, people, async (after) => {
      const account = session.accounts.get(after.externalId)
      if (account) await changeUser(session, operation, account, after)
    })
  }
}

async function sendManagers(
  session: Session,
  phase: Phase,
  name: string,
  people: readonly Person[],
): Promise<void> {
  if (!session.dialect.user.manager) return
  await phase(name, accountsOf(session.accounts, people), (account: Account) => sendManager(session, account))
}

async function provisionTeams(
  session: Session,
  dialect: GroupDialect,
  phase: Phase,
  prefix: string,
  teams: readonly Team[],
): Promise<void> {
  const unfilled: Team[] = []
  await phase(`${prefix}groups`, teams, async (team) => {
    if (await provisionGroup(session, dialect, team)) unfilled.push(team)
  })
  const writes = accountsOf(session.groups, unfilled).flatMap(({ id, team }) =>
    planGroup(session, dialect, id, { ...team, members: [] }, team),
  )
  await phase(`${prefix}members`, writes, (write) => writeGroup(session, write))
}

async function changeTeams(
  session: Session,
  dialect: GroupDialect,
  phase: Phase,
  prefix: string,
  teams: readonly Team[],
): Promise<void> {
  const writes: GroupWrite[] = teams.flatMap((after) => {
    const group = session.groups.get(after.externalId)
    if (!group) return []
    const planned = planGroup(session, dialect, group.id, group.team, after)
    group.team = after
    return planned
  })
  await phase(`${prefix}memberships`, writes, (write) => writeGroup(session, write))
}

/** Probes one after the other, as an administrator's "Test connection" does. @throws {Stopped} at the first wrong answer */
async function testConnection(session: Session, tally: Tally, phase: Phase): Promise<void> {
  const kept: Record<string, string> = {}
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => kept[name] ?? whole)
  const probes = session.dialect.test(session.random)
  await phase('connection test', [probes], async (list) => {
    for (const probe of list) {
      const body = probe.body && (JSON.parse(fill(JSON.stringify(probe.body))) as JsonObject)
      const request = { method: probe.method, path: fill(probe.path), ...(body && { body }) }
      const answer = await session.ask(
        'test connection',
        request,
        expects(probe.expect, probe.keep ? hasId : undefined),
      )
      if (!answer) throw new Stopped(`the connection test failed: ${tally.samples.at(-1)}`)
      if (probe.keep && isObject(answer.body)) kept[probe.keep] = String(answer.body.id)
    }
  })
}

/** Works a list off, several at a time, and tells how far it is; an empty list is no phase. */
type Phase = <T>(name: string, items: readonly T[], work: (item: T) => Promise<void>) => Promise<void>

function openPhases(parallel: number, onProgress: Simulation['onProgress']): Phase {
  return async (name, items, work) => {
    const total = items.length
    if (total === 0) return
    let done = 0
    let next = 0
    onProgress?.({ phase: name, done, total })
    const lane = async (): Promise<void> => {
      while (next < total) {
        const item = items[next++] as (typeof items)[number]
        await work(item).catch((error: unknown) => {
          next = total // the other lanes finish what they are at
          throw error
        })
        done += 1
        onProgress?.({ phase: name, done, total })
      }
    }
    const lanes = await Promise.allSettled(Array.from({ length: Math.min(parallel, total) }, lane))
    for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
  }
}

function accountsOf<T>(known: ReadonlyMap<string, T>, wanted: readonly { externalId: string }[]): T[] {
  return wanted.flatMap(({ externalId }) => known.get(externalId) ?? [])
}
