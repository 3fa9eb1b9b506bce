// Sequences over SCIM: users and groups are made, changed in every way, listed and deleted, by requests that are mostly
// right and name what those before them made.
import { pick, type Random, sample, uuid } from '#simulator/random.ts'
import type { Valid } from '../sweep/case.ts'
import { fullUser } from '../sweep/scim.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'
const KEPT = 200

/** What a client knows. */
export interface Known {
  readonly users: string[]
  readonly groups: string[]
  readonly cursors: string[]
}

export interface Step {
  readonly method: string
  /** Below `/scim/v2/:idpId`. */
  readonly path: string
  readonly valid: Valid
}

const FILTERS = [
  'userName eq "x"',
  'userName sw "fuzz"',
  'emails[type eq "work"].value co "@"',
  'meta.lastModified gt "2026-01-01T00:00:00Z"',
  'active eq true and not (title pr)',
  'groups.value eq "x"',
  'displayName co "a" or externalId pr',
  'name.familyName ge "M"',
]
const SORTS = [
  'userName',
  'displayName',
  'meta.created',
  'meta.lastModified',
  'name.familyName',
  'externalId',
  'id',
]

export function nextStep(random: Random, known: Known): Step {
  const id = (ids: readonly string[]) =>
    ids.length > 0 && random() < 0.95 ? pick(random, ids) : uuid(random)
  const user = () => id(known.users)
  const group = () => id(known.groups)
  const members = () => sample(random, known.users, 1 + Math.floor(random() * 4)).map((value) => ({ value }))
  const patch = (...Operations: object[]) => ({ schemas: [`${MESSAGES}PatchOp`], Operations })
  const name = `fuzz-${uuid(random)}`
  const list = () => ({
    ...(random() < 0.6 && { filter: pick(random, FILTERS) }),
    ...(random() < 0.6 && {
      sortBy: pick(random, SORTS),
      sortOrder: pick(random, ['ascending', 'descending']),
    }),
    ...(random() < 0.5 ? { startIndex: pick(random, [1, 2, 50]), count: 5 } : { cursor: cursor(), count: 5 }),
  })
  const cursor = () => (known.cursors.length > 0 && random() < 0.5 ? pick(random, known.cursors) : '')
  const newGroup = () => ({ schemas: [`${CORE}Group`], displayName: name, members: members() })
  const steps: readonly (() => Step)[] = [
    () => ({ method: 'POST', path: '/Users', valid: { json: fullUser(name) } }),
    () => ({ method: 'POST', path: '/Groups', valid: { json: newGroup() } }),
    () => ({ method: 'PUT', path: `/Users/${user()}`, valid: { json: fullUser(name) } }),
    () => ({ method: 'PUT', path: `/Groups/${group()}`, valid: { json: newGroup() } }),
    () => ({
      method: 'PATCH',
      path: `/Users/${user()}`,
      valid: {
        json: patch(
          { op: 'replace', path: 'active', value: random() < 0.5 },
          { op: 'add', path: 'emails[type eq "work"].value', value: `${name}@a.example` },
        ),
      },
    }),
    () => ({
      method: 'PATCH',
      path: `/Groups/${group()}`,
      valid: {
        json: patch({ op: pick(random, ['add', 'remove', 'replace']), path: 'members', value: members() }),
      },
    }),
    () => ({
      method: 'PATCH',
      path: `/Groups/${group()}`,
      valid: { json: patch({ op: 'remove', path: `members[value eq "${user()}"]` }) },
    }),
    () => ({ method: 'DELETE', path: `/Users/${user()}`, valid: {} }),
    () => ({ method: 'DELETE', path: `/Groups/${group()}`, valid: {} }),
    () => ({ method: 'GET', path: `/Users/${user()}`, valid: {} }),
    () => ({ method: 'GET', path: '/Users', valid: { query: list() } }),
    () => ({ method: 'GET', path: '/Groups', valid: { query: list() } }),
    () => ({
      method: 'POST',
      path: '/.search',
      valid: { json: { schemas: [`${MESSAGES}SearchRequest`], ...list() } },
    }),
    () => ({
      method: 'POST',
      path: '/Bulk',
      valid: {
        json: {
          schemas: [`${MESSAGES}BulkRequest`],
          Operations: [
            {
              method: 'POST',
              path: '/Users',
              bulkId: 'a',
              data: { schemas: [`${CORE}User`], userName: name },
            },
            {
              method: 'POST',
              path: '/Groups',
              bulkId: 'b',
              data: { ...newGroup(), members: [{ value: 'bulkId:a' }] },
            },
            {
              method: 'PATCH',
              path: `/Users/${user()}`,
              data: patch({ op: 'replace', path: 'title', value: 'T' }),
            },
            { method: 'DELETE', path: `/Groups/${group()}` },
          ],
        },
      },
    }),
  ]
  return pick(random, steps)()
}

/** Notes what an answer made known. */
export function learn(known: Known, { path }: Step, text: string): void {
  const kept = (list: string[], value: unknown) => {
    if (typeof value === 'string') list.push(value)
    if (list.length > KEPT) list.shift()
  }
  try {
    const { id, nextCursor } = JSON.parse(text) as { id?: unknown; nextCursor?: unknown }
    if (path.startsWith('/Users')) kept(known.users, id)
    if (path.startsWith('/Groups')) kept(known.groups, id)
    kept(known.cursors, nextCursor)
  } catch {
    // no answer, or none in JSON: nothing to learn
  }
}
