// The checks that the cases give in words, as far as they can be made from outside: each returns what is wrong.
import { jsonOf, raw } from '../raw-http.ts'
import type { Evidence } from './evidence.ts'

type Oracle = (evidence: Evidence) => string | undefined | Promise<string | undefined>

interface Body {
  Operations?: { status?: string }[]
  Resources?: { id?: string }[]
  members?: { value?: string }[]
  displayName?: string
  userName?: string
}

export const ORACLES: ReadonlyMap<string, Oracle> = new Map<string, Oracle>([
  ['operation status 204', (evidence) => operationSucceeded(evidence)],
  ['inner bulk executed', (evidence) => operationSucceeded(evidence)],
  ['a sign-in or look-up by this externalId resolves to userA1', externalIdIsNoKey],
  ['a portal page that lists the user runs the script', answersAreData],
  ['a member other than userA2 vanished', otherMembersAreKept],
])

function operationSucceeded({ responses }: Evidence): string | undefined {
  const operations = responses
    .filter(({ status }) => status === 200)
    .flatMap((response) => body(response).Operations ?? [])
  const succeeded = operations.find(({ status }) => /^2/.test(status ?? ''))
  return succeeded && `an operation answers ${succeeded.status}`
}

/** The value names another user inside the service; as an externalId it must mean only the user that was sent with it. */
async function externalIdIsNoKey({ scene, responses }: Evidence): Promise<string | undefined> {
  const userA1 = scene.text('userA1')
  const headers = { Authorization: `Bearer ${scene.text('tokA')}` }
  const base = `${scene.text('scimA')}/Users`
  const filter = encodeURIComponent(`externalId eq "${userA1}"`)
  const found = await raw(scene.origin, { method: 'GET', path: `${base}?filter=${filter}`, headers })
  const ids = (body(found).Resources ?? []).map(({ id }) => id)
  const created = responses.filter(({ status }) => status === 201).length
  if (ids.includes(userA1) || ids.length !== created)
    return `the externalId finds ${ids.join(', ') || 'nobody'}`
  const read = await raw(scene.origin, { method: 'GET', path: `${base}/${userA1}`, headers })
  return body(read).userName === scene.text('userNameA1') ? undefined : 'userA1 was changed'
}

/** Pages come with the portal; what this door can promise is JSON that no browser takes for a page. */
function answersAreData({ responses }: Evidence): string | undefined {
  const bad = responses.find(
    ({ headers }) =>
      !/^application\/(scim\+)?json/.test(headers['content-type'] ?? '') ||
      headers['x-content-type-options'] !== 'nosniff',
  )
  return bad && `answered as ${bad.headers['content-type']}`
}

function otherMembersAreKept({ scene, responses }: Evidence): string | undefined {
  const members = responses.flatMap((response) => body(response).members ?? []).map(({ value }) => value)
  const lost = scene.list('membersOfGroupA1').filter((id) => !members.includes(id))
  return lost.length > 0 ? `members lost: ${lost.join(', ')}` : undefined
}

function body(response: Parameters<typeof jsonOf>[0]): Body {
  return (jsonOf(response) ?? {}) as Body
}
