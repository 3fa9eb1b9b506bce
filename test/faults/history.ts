// What a client knows about what it wrote: the state of each person after its last answered write, and the one that an
// unanswered write would have led to. After a recovery everybody is read again and must be in one of the states that
// are possible: an answered write is there, an unanswered one is there wholly or not at all.
import type { Client } from './idp.ts'

/** Of one person: the user, and the name of the group that this user founded. */
export interface State {
  readonly user?: { readonly displayName: string; readonly member: boolean }
  readonly founded?: string
}

export interface Person {
  /** Counted from 0. */
  readonly number: number
  readonly userName: string
  /** The states that it may be in: one, and a second one after a write without an answer. */
  possible: State[]
}

export interface History {
  /** Somebody who is written by one writer, one write after the other. */
  person(): Person
  /** Sends a write that leads to `next`. @returns whether it was acknowledged */
  write(person: Person, next: State, send: () => Promise<{ status: number }>): Promise<boolean>
  readonly acknowledged: () => number
  /**
   * Reads everybody again, and takes what is found as known from now on.
   * @returns what is wrong, in words; nothing when the history holds
   */
  check(client: Client, groupId: string): Promise<string[]>
}

const PAGE = 1_000

export function openHistory(): History {
  const people: Person[] = []
  const start = Date.now().toString(36)
  let acknowledged = 0
  return {
    person() {
      const number = people.length
      const person = { number, userName: `${start}-${number}@example.com`, possible: [{}] }
      people.push(person)
      return person
    },
    async write(person, next, send) {
      person.possible = [...person.possible, next]
      const { status } = await send()
      if (status < 200 || status >= 300) return false
      acknowledged++
      person.possible = [next]
      return true
    },
    acknowledged: () => acknowledged,
    async check(client, groupId) {
      const found = await readAll(client, groupId)
      const wrong = people.flatMap((person) => {
        const state = found.get(person.userName) ?? {}
        found.delete(person.userName)
        const fits = person.possible.some((one) => JSON.stringify(one) === JSON.stringify(state))
        const words = `${person.userName} is ${JSON.stringify(state)}, not ${JSON.stringify(person.possible)}`
        person.possible = [state]
        return fits ? [] : [words]
      })
      return [...wrong, ...[...found.keys()].map((userName) => `${userName} was never written`)]
    },
  }
}

/** Everybody by userName, through the service. A founded group is named after its founder. */
async function readAll(client: Client, groupId: string): Promise<Map<string, State>> {
  const group = await client.send('GET', `/Groups/${groupId}`)
  const members = new Set(((group.body.members ?? []) as { value: string }[]).map(({ value }) => value))
  const users = (await list(client, '/Users', 'userName,displayName')) as Record<string, string>[]
  const groups = (await list(client, '/Groups', 'displayName')) as Record<string, string>[]
  const found = new Map<string, State>()
  for (const { id = '', userName = '', displayName = '' } of users)
    found.set(userName, { user: { displayName, member: members.delete(id) } })
  for (const { id, displayName: founded = '' } of groups) {
    const [founder = ''] = founded.split(' ')
    if (id !== groupId) found.set(founder, { ...found.get(founder), founded })
  }
  if (members.size > 0) throw new Error(`members that do not exist: ${[...members].join(', ')}`)
  return found
}

async function list(client: Client, path: string, attributes: string): Promise<unknown[]> {
  const all: unknown[] = []
  for (;;) {
    const query = `startIndex=${all.length + 1}&count=${PAGE}&attributes=${attributes}`
    const { status, body } = await client.send('GET', `${path}?${query}`)
    if (status !== 200) throw new Error(`${path} cannot be read: ${status} ${JSON.stringify(body)}`)
    const page = (body.Resources ?? []) as unknown[]
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
