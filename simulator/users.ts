import type { Write } from './dialect.ts'
import { isObject, type JsonObject } from './messages.ts'
import type { Person } from './people.ts'
import {
  type Account,
  atMostOne,
  expects,
  hasId,
  isAbout,
  isGone,
  onlyResource,
  type Session,
} from './session.ts'

/** Provisions one user: looks them up, then creates them or takes over the existing account. */
export async function provisionUser(session: Session, person: Person): Promise<void> {
  const found = await findUser(session, person)
  if (found === 'unknown') return
  if (found) return adoptUser(session, person, found)

  const { user } = session.dialect
  const request = { method: 'POST', path: '/Users', body: user.create(person, session.random) } as const
  const created = await session.ask('create user', request, (answer) =>
    // 409 on a second attempt: the first one was carried out and only its answer was lost.
    answer.status === 409 && answer.attempts > 1 ? undefined : expects([201], hasId)(answer),
  )
  if (created?.status === 409) {
    const own = await findUser(session, person)
    return own && own !== 'unknown' ? adoptUser(session, person, own) : undefined
  }
  if (!created || !isObject(created.body)) return
  const id = String(created.body.id)
  session.accounts.set(person.externalId, { id, person })
  if (user.readBack) await readUser(session, id)
}

/** Sends what has changed of a person, `active` too; nothing when this client sends none of it. */
export async function changeUser(
  session: Session,
  operation: string,
  account: Account,
  after: Person,
): Promise<void> {
  const write = session.dialect.user.change({ id: account.id, before: account.person, after })
  const done = !write || (await writeUser(session, operation, account.id, write, after.active))
  if (done) account.person = after
}

/** Sends a user's manager, once both have an id at the service. */
export async function sendManager(session: Session, account: Account): Promise<void> {
  const manager =
    account.person.manager === undefined ? undefined : session.accounts.get(account.person.manager)
  const write = manager && session.dialect.user.manager?.(manager.id)
  if (write) await writeUser(session, 'set manager', account.id, write, account.person.active)
}

/** Deletes the account of a user who left. */
export async function deleteUser(session: Session, account: Account): Promise<void> {
  const request = { method: 'DELETE', path: `/Users/${account.id}` } as const
  if (await session.ask('delete user', request, isGone)) session.accounts.delete(account.person.externalId)
}

async function findUser(session: Session, person: Person): Promise<Found | 'unknown' | undefined> {
  const request = { method: 'GET', path: session.dialect.user.find(person) } as const
  const isTheirs = atMostOne((resource) => sameName(resource.userName, person.userName))
  const answer = await session.ask('look up user', request, expects([200], isTheirs))
  return answer ? onlyResource(answer) : 'unknown'
}

type Found = JsonObject & { id: string }

async function adoptUser(session: Session, person: Person, found: Found): Promise<void> {
  const account = { id: found.id, person: { ...person, ...shownBy(found) } }
  session.accounts.set(person.externalId, account)
  const differs = Object.entries(person).some(
    ([name, value]) => account.person[name as keyof Person] !== value,
  )
  if (differs) await changeUser(session, 'change user', account, person)
}

/** The attributes that every client compares before it takes an account over. */
function shownBy({ active, displayName, title, name }: JsonObject): Partial<Person> {
  const { givenName, familyName } = isObject(name) ? name : {}
  const texts = Object.entries({ displayName, title, givenName, familyName }).filter(
    ([, value]) => typeof value === 'string',
  )
  return { active: active !== false, ...Object.fromEntries(texts) }
}

async function writeUser(
  session: Session,
  operation: string,
  id: string,
  write: Write,
  active: boolean,
): Promise<boolean> {
  const current = typeof write.body === 'function' ? await readUser(session, id) : {}
  if (!current) return false
  const body = typeof write.body === 'function' ? write.body(current) : write.body
  const answer = await session.ask(
    operation,
    { method: write.method, path: `/Users/${id}`, body },
    (got) => expects([200, 204], isAbout(id))(got) ?? contradicts(got.body, active),
  )
  return answer !== undefined
}

// A service that answers 200 but leaves the account active would give a leaver access.
function contradicts(body: unknown, active: boolean): string | undefined {
  if (!isObject(body) || body.active === undefined || body.active === active) return undefined
  return `active is ${JSON.stringify(body.active)} instead of ${active}`
}

async function readUser(session: Session, id: string): Promise<JsonObject | undefined> {
  const answer = await session.ask(
    'read user',
    { method: 'GET', path: `/Users/${id}` },
    expects([200], (got) => hasId(got) ?? isAbout(id)(got)),
  )
  return answer && isObject(answer.body) ? answer.body : undefined
}

function sameName(left: unknown, right: string): boolean {
  return typeof left === 'string' && left.toLowerCase() === right.toLowerCase()
}
