// How users are written: one statement writes the change and its audit event, for one user or for all users whose
// requests arrived together. Each event names its own request. Users that such a statement leaves out are written
// alone.

import { audited, auditedEach, type Fact } from '#audit/record.ts'
import { firstOfEach, gathering } from '#platform/database/gather.ts'
import { prepared, type Sql } from '#platform/database/sql.ts'
import type { UserWrites } from '../provisioner.ts'
import { type Provisioner, senderOf } from '../provisioner.ts'
import {
  creation,
  insertUser,
  insertUsers,
  updateStatement,
  updateUsers,
  updating,
} from './user-statements.ts'
import type { NewUser, Stamps, UserUpdate } from './user-types.ts'

export const ALONE: UserWrites = {
  async create(at, user) {
    const statement = audited(at.auditContext, insertUser(at, user), creation(user))
    return (await at.db.run<Stamps>(at.scope, prepared('user.create', statement)))[0]
  },
  async update(at, user) {
    return (await at.db.run<Stamps>(at.scope, prepared('user.change', updateStatement(at, user))))[0]
  },
}

/** The most rows in one statement; more aren't written any faster. */
const MOST = 100

/**
 * Gathers users whose requests arrive together, so that they share the cost of a statement and its commit. A user who
 * arrives alone is written alone.
 */
export function openUserWrites(): UserWrites {
  const creations = gathering<Asked<NewUser>, Stamps | undefined>({
    most: MOST,
    together: createEach,
    alone: ({ at, user }) => ALONE.create(at, user),
  })
  const updates = gathering<Asked<UserUpdate>, Stamps | undefined>({
    most: MOST,
    together: updateEach,
    alone: ({ at, user }) => ALONE.update(at, user),
  })
  return {
    create: (at, user) => creations(senderOf(at), { at, user }),
    update: (at, user) => updates(senderOf(at), { at, user }),
  }
}

/** A user, and the request that it came with. */
interface Asked<User> {
  readonly at: Provisioner
  readonly user: User
}

type Outcomes = (Stamps | undefined)[]

/**
 * Creates users independently of each other. A userName or externalId that is taken, even by an earlier user in the
 * list, leaves out only that user.
 * @param asked requests of one sender
 * @returns what was written for each in the list, or undefined if nothing was
 */
export function createEach(asked: readonly Asked<NewUser>[]): Promise<Outcomes> {
  return writeEach(asked, firstOfEachName(asked), creation, 'user.create-each', insertUsers)
}

function updateEach(asked: readonly Asked<UserUpdate>[]): Promise<Outcomes> {
  // Only one of several changes to the same version of a user can succeed.
  const chosen = firstOfEach(asked, ({ user }) => user.id)
  return writeEach(asked, chosen, updating, 'user.change-each', updateUsers)
}

async function writeEach<User extends { readonly id: string }>(
  asked: readonly Asked<User>[],
  chosen: readonly Asked<User>[],
  factOf: (user: User) => Fact,
  name: string,
  write: (at: Provisioner, users: readonly User[]) => Sql,
): Promise<Outcomes> {
  const [first] = chosen
  if (!first) return []
  const { db, scope, auditContext } = first.at
  const facts = chosen.map(({ at, user }) => ({ ...factOf(user), by: at.auditContext.actor }))
  const change = write(
    first.at,
    chosen.map(({ user }) => user),
  )
  const rows = await db.run<Stamps>(scope, prepared(name, auditedEach(auditContext, change, facts)))
  const written = new Map(rows.map((row) => [row.id, row]))
  const wrote = new Set(chosen)
  return asked.map((each) => (wrote.has(each) ? written.get(each.user.id) : undefined))
}

/**
 * Returns the first request for each name, in the same order for every writer, so that parallel writers can't
 * deadlock.
 */
function firstOfEachName(asked: readonly Asked<NewUser>[]): Asked<NewUser>[] {
  const taken = new Set<string>()
  const first = asked.filter(({ user: { columns } }) => {
    const { userNameKey, externalId } = columns
    const keys = [`n${userNameKey}`, ...(externalId === null ? [] : [`e${externalId}`])]
    if (keys.some((key) => taken.has(key))) return false
    for (const key of keys) taken.add(key)
    return true
  })
  return first.sort((a, b) => (a.user.columns.userNameKey < b.user.columns.userNameKey ? -1 : 1))
}
