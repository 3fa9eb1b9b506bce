import type { GroupChange, GroupDialect, MemberRef, Write } from './dialect.ts'
import { isObject } from './messages.ts'
import type { Team } from './people.ts'
import {
  atMostOne,
  expects,
  type GroupAccount,
  hasId,
  isAbout,
  isGone,
  onlyResource,
  type Session,
} from './session.ts'

/** One request on a group. A client sends those of all groups side by side, parts of the same group too. */
export interface GroupWrite {
  id: string
  write: Write
  change: GroupChange
}

/**
 * Looks a group up and creates it, or takes over the one of that name.
 * @returns true when its members still have to be sent
 */
export async function provisionGroup(session: Session, dialect: GroupDialect, team: Team): Promise<boolean> {
  const found = await findGroup(session, dialect, team)
  if (found === 'unknown') return false
  if (found) return adoptGroup(session, team, found)
  const body = dialect.create(team, memberRefs(session, team.members))
  const created = await session.ask('create group', { method: 'POST', path: '/Groups', body }, (answer) =>
    // 409 on a second attempt: the first one was carried out and only its answer was lost.
    answer.status === 409 && answer.attempts > 1 ? undefined : expects([201], hasId)(answer),
  )
  if (created?.status === 409) {
    const own = await findGroup(session, dialect, team)
    return own !== undefined && own !== 'unknown' && adoptGroup(session, team, own)
  }
  if (!created || !isObject(created.body)) return false
  const id = String(created.body.id)
  session.groups.set(team.externalId, { id, team })
  if (dialect.readBack !== undefined) {
    await session.ask(
      'read group',
      { method: 'GET', path: `/Groups/${id}${dialect.readBack}` },
      expects([200], isAbout(id)),
    )
  }
  return !dialect.createsWithMembers
}

async function findGroup(
  session: Session,
  dialect: GroupDialect,
  team: Team,
): Promise<{ id: string } | 'unknown' | undefined> {
  const isOurs = atMostOne(
    ({ displayName }) => String(displayName).toLowerCase() === team.displayName.toLowerCase(),
  )
  const answer = await session.ask(
    'look up group',
    { method: 'GET', path: dialect.find(team) },
    expects([200], isOurs),
  )
  return answer ? onlyResource(answer) : 'unknown'
}

function adoptGroup(session: Session, team: Team, { id }: { id: string }): true {
  session.groups.set(team.externalId, { id, team })
  return true
}

/** The requests that take a group from `before` to `after`; a new group has an empty `before`. */
export function planGroup(
  session: Session,
  dialect: GroupDialect,
  id: string,
  before: Team,
  after: Team,
): GroupWrite[] {
  const had = new Set(before.members)
  const has = new Set(after.members)
  const change = {
    id,
    before,
    after,
    members: memberRefs(session, after.members),
    added: memberRefs(
      session,
      after.members.filter((member) => !had.has(member)),
    ),
    removed: memberRefs(
      session,
      before.members.filter((member) => !has.has(member)),
    ),
  }
  const same = change.added.length + change.removed.length === 0 && before.displayName === after.displayName
  return same ? [] : dialect.change(change).map((write) => ({ id, write, change }))
}

export async function writeGroup(session: Session, { id, write, change }: GroupWrite): Promise<void> {
  if (typeof write.body === 'function') throw new TypeError('no client reads a group before it writes it')
  const request = { method: write.method, path: `/Groups/${id}`, body: write.body }
  await session.ask(
    'change group',
    request,
    (answer) =>
      expects([200, 204], isAbout(id))(answer) ??
      (write.method === 'PUT' ? lacksMembers(answer.body, change.members.length) : undefined),
  )
}

export async function deleteGroup(session: Session, group: GroupAccount): Promise<void> {
  const request = { method: 'DELETE', path: `/Groups/${group.id}` } as const
  if (await session.ask('delete group', request, isGone)) session.groups.delete(group.team.externalId)
}

// A service that says 200 to a PUT and stores other members is found out by its own answer.
function lacksMembers(body: unknown, expected: number): string | undefined {
  if (!isObject(body)) return undefined
  const stored = Array.isArray(body.members) ? body.members.length : 0
  return stored === expected ? undefined : `${stored} members instead of ${expected}`
}

// People whose account could not be made, or is deleted, are left out.
function memberRefs({ accounts }: Session, externalIds: readonly string[]): MemberRef[] {
  return externalIds.flatMap((externalId) => {
    const account = accounts.get(externalId)
    return account ? [{ id: account.id, userName: account.person.userName }] : []
  })
}
