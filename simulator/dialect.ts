import type { JsonObject } from './messages.ts'
import type { Person, Team } from './people.ts'
import type { Random } from './random.ts'

// What makes one identity provider differ from the next, as data: headers, look-ups, and the bodies it sends.
// The order of a sync, the checks of the answers and the transport are the same for all of them (simulate.ts).

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request of the connection test. `{name}` in path or body is an id that an earlier probe kept. */
export interface Probe {
  method: Method
  path: string
  body?: JsonObject
  expect: readonly number[]
  /** keeps the `id` of the answer under this name */
  keep?: string
}

/** A body that is built on the resource as the server has it makes the client read it first. */
export interface Write {
  method: 'PUT' | 'PATCH'
  body: JsonObject | ((current: JsonObject) => JsonObject)
}

export interface UserChange {
  id: string
  before: Person
  after: Person
}

export interface MemberRef {
  id: string
  userName: string
}

export interface GroupChange {
  id: string
  before: Team
  after: Team
  /** everybody who is in the group afterwards */
  members: readonly MemberRef[]
  added: readonly MemberRef[]
  removed: readonly MemberRef[]
}

export interface UserDialect {
  /** path and query of the look-up before a create */
  find: (person: Person) => string
  create: (person: Person, random: Random) => JsonObject
  /** reads the new user back after the create */
  readBack: boolean
  /** profile changes; deactivation and reactivation are changes of `active`; undefined: this client sends none of it */
  change: (change: UserChange) => Write | undefined
  /** the manager, sent when both people have ids; left out where managers are not sent */
  manager?: (managerId: string) => Write
  /** DELETE for people who left; otherwise they stay deactivated for ever */
  deletes: boolean
}

export interface GroupDialect {
  find: (team: Team) => string
  create: (team: Team, members: readonly MemberRef[]) => JsonObject
  /** the create carries the members; otherwise a change follows it */
  createsWithMembers: boolean
  /** query of the read after the create; undefined: it is not read */
  readBack: string | undefined
  /** rename and membership */
  change: (change: GroupChange) => Write[]
}

export interface Dialect {
  /** the word for the command line */
  name: string
  title: string
  /** sent with every request; an empty value is sent as such */
  headers: Readonly<Record<string, string>>
  contentType: string
  /** requests in flight at the same time */
  parallel: number
  test: (random: Random) => Probe[]
  user: UserDialect
  /** undefined: this client knows users only */
  group: GroupDialect | undefined
}
