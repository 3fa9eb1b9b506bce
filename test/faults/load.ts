// Write load: people come, join a group, are renamed, found a group of their own, and some leave or go. Each is written
// by one worker only. Some writes are one statement, some are transactions.
import { setTimeout as sleep } from 'node:timers/promises'
import type { History, State } from './history.ts'
import type { Answer, Client } from './idp.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export async function makeGroup(client: Client): Promise<string> {
  const { status, body } = await client.send('POST', '/Groups', {
    schemas: [GROUP],
    displayName: 'Everybody',
  })
  if (status !== 201) throw new Error(`no group: ${status} ${JSON.stringify(body)}`)
  return String(body.id)
}

export interface Load {
  readonly client: Client
  readonly history: History
  readonly groupId: string
  readonly workers?: number
  /** After a refusal; a real client waits longer. */
  readonly pauseMilliseconds?: number
}

/** Writes with some workers at once until the signal; a person whose write was not answered is left alone. */
export async function writeUntil(signal: AbortSignal, load: Load): Promise<void> {
  const { workers = 8, pauseMilliseconds = 20 } = load
  const work = async () => {
    while (!signal.aborted) if (!(await live(signal, load))) await sleep(pauseMilliseconds)
  }
  await Promise.all(Array.from({ length: workers }, work))
}

export async function writeFor(milliseconds: number, load: Load): Promise<void> {
  await writeUntil(AbortSignal.timeout(milliseconds), load)
}

/** The life of one person, until the signal. @returns false at the first write or read that failed */
async function live(signal: AbortSignal, { client, history, groupId }: Load): Promise<boolean> {
  const person = history.person()
  const { userName } = person
  const [displayName, renamed, founded] = [`${userName} 1`, `${userName} 2`, `${userName} and friends`]
  const user = { displayName: renamed, member: true }
  let [id, own] = ['', '']
  const write = async (next: State, send: () => Promise<Answer>) =>
    !signal.aborted && (await history.write(person, next, send))
  const patch = (path: string, op: object) =>
    client.send('PATCH', path, { schemas: [PATCH], Operations: [op] })

  const create = async () => {
    const answer = await client.send('POST', '/Users', { schemas: [USER], userName, displayName })
    id = String(answer.body.id)
    return answer
  }
  const rename = () => patch(`/Users/${id}`, { op: 'replace', path: 'displayName', value: renamed })
  const join = () => patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: id }] })
  const leave = () => patch(`/Groups/${groupId}`, { op: 'remove', path: `members[value eq "${id}"]` })
  const found = async () => {
    const group = { schemas: [GROUP], displayName: userName, members: [{ value: id }] }
    const answer = await client.send('POST', '/Groups', group)
    own = String(answer.body.id)
    return answer
  }
  const dub = () => patch(`/Groups/${own}`, { op: 'replace', path: 'displayName', value: founded })
  const go = () => client.send('DELETE', `/Users/${id}`)
  const fates = [
    async () => true,
    () => write({ user: { ...user, member: false }, founded }, leave),
    () => write({ founded }, go), // while it is a member of both
  ]
  return (
    (await write({ user: { displayName, member: false } }, create)) &&
    (await write({ user: { displayName, member: true } }, join)) &&
    (await write({ user }, rename)) &&
    (await write({ user, founded: userName }, found)) &&
    (await write({ user, founded }, dub)) &&
    (await client.send('GET', `/Users/${id}`)).status === 200 &&
    (await (fates[person.number % fates.length] as () => Promise<boolean>)())
  )
}
