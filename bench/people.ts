// Creates users and groups for parts of the bench. A user is as large as those of the load generator (1.3 kB).
import { type Ask, inLanes, insist } from './client.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'

function makeUser(n: number): object {
  const number = String(n).padStart(7, '0')
  const userName = `bench.${number}@corp.example`
  return {
    schemas: [CORE, ENTERPRISE],
    externalId: `bench-00u-${number}`,
    userName,
    name: { givenName: 'Chidi', familyName: 'Lindqvist', formatted: 'Chidi Lindqvist' },
    displayName: 'Chidi Lindqvist',
    active: true,
    emails: [
      { value: userName, type: 'work', primary: true },
      { value: `chidi.${number}@home.example`, type: 'home', primary: false },
    ],
    title: 'Senior Field Engineer',
    userType: 'Employee',
    preferredLanguage: 'en-GB',
    locale: 'en-GB',
    timezone: 'Europe/Berlin',
    phoneNumbers: [
      { value: `+49 30 ${number}`, type: 'work', primary: true },
      { value: `+49 171 ${number}`, type: 'mobile' },
    ],
    addresses: [
      {
        type: 'work',
        streetAddress: `${n % 300} Example Street`,
        locality: 'Berlin',
        region: 'BE',
        postalCode: '10115',
        country: 'DE',
        primary: true,
      },
    ],
    roles: [{ value: 'engineer', display: 'Engineer', primary: true }],
    [ENTERPRISE]: {
      employeeNumber: String(700_000 + n),
      costCenter: `CC-${n % 40}`,
      organization: 'Example Corp',
      division: 'Field',
      department: `Dept ${n % 25}`,
    },
  }
}

const GROUPS_PER_BULK = 500

interface BulkAnswer {
  readonly Operations: readonly { readonly status: string; readonly location?: string }[]
}

/** Creates users by /Bulk. @returns their ids @throws if one of them wasn't created */
export async function createByBulk(
  ask: Ask,
  users: { from: number; to: number; perRequest: number; lanes: number },
): Promise<string[]> {
  const { from, to, perRequest, lanes } = users
  const count = Math.ceil((to - from) / perRequest)
  const starts = Array.from({ length: count }, (_, i) => from + i * perRequest)
  const ids: string[] = []
  await inLanes(lanes, starts, async (start) => {
    const numbers = Array.from({ length: Math.min(perRequest, to - start) }, (_, i) => start + i)
    const Operations = numbers.map((n) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `u${n}`,
      data: makeUser(n),
    }))
    const answer = await insist(ask)('POST', '/Bulk', { schemas: [BULK], Operations })
    for (const { status, location } of (JSON.parse(answer.text) as BulkAnswer).Operations) {
      const id = location?.split('/').at(-1)
      if (status !== '201' || id === undefined) throw new Error(`/Bulk answered for a user: ${status}`)
      ids.push(id)
    }
  })
  return ids
}

export async function createGroup(ask: Ask, displayName: string): Promise<string> {
  const answer = await insist(ask)('POST', '/Groups', { schemas: [GROUP], displayName })
  return (JSON.parse(answer.text) as { id: string }).id
}

/** Creates groups by /Bulk that all contain this user. @returns how many of them weren't created */
export async function createGroupsAround(ask: Ask, user: string, count: number): Promise<number> {
  let refused = 0
  for (let from = 0; from < count; from += GROUPS_PER_BULK) {
    const to = Math.min(from + GROUPS_PER_BULK, count)
    const Operations = Array.from({ length: to - from }, (_, i) => ({
      method: 'POST',
      path: '/Groups',
      bulkId: `g${from + i}`,
      data: replaceMembers(`${count} around ${user}, ${from + i}`, [user]),
    }))
    const answer = await insist(ask)('POST', '/Bulk', { schemas: [BULK], Operations })
    const outcomes = (JSON.parse(answer.text) as BulkAnswer).Operations
    refused += outcomes.filter(({ status }) => status !== '201').length
  }
  return refused
}

/** Returns the body of a PUT or POST with a whole group. */
export function replaceMembers(displayName: string, ids: readonly string[]): object {
  return { schemas: [GROUP], displayName, members: ids.map((value) => ({ value })) }
}

export function addMembers(ids: readonly string[]): object {
  const value = ids.map((id) => ({ value: id }))
  return { schemas: [PATCH], Operations: [{ op: 'add', path: 'members', value }] }
}

export function removeMember(id: string): object {
  return { schemas: [PATCH], Operations: [{ op: 'remove', path: `members[value eq "${id}"]` }] }
}

/** Adds members to a group, `perRequest` at a time. */
export async function fillGroup(ask: Ask, group: string, ids: readonly string[], perRequest: number) {
  for (let i = 0; i < ids.length; i += perRequest)
    await insist(ask)('PATCH', `/Groups/${group}`, addMembers(ids.slice(i, i + perRequest)))
}

export async function membersOf(ask: Ask, group: string): Promise<Set<string>> {
  const answer = await insist(ask)('GET', `/Groups/${group}`)
  const { members = [] } = JSON.parse(answer.text) as { members?: { value: string }[] }
  return new Set(members.map(({ value }) => value))
}
