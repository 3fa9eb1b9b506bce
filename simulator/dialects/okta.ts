// One file for each identity provider that can be simulated; ../dialect.ts has their common shape. Start with this one.
// Okta, as an app created with the integration wizard (everything by PUT of the merged resource) and as a template of the
// integration network (PATCH without a path for `active` and groups; profiles still by PUT). Users are never deleted.
import type { Dialect, GroupChange, MemberRef, Write } from '../dialect.ts'
import { chunks, equals, GROUP, type JsonObject, patch, USER } from '../messages.ts'
import type { Person } from '../people.ts'
import { pick, type Random } from '../random.ts'

const MEMBERS_PER_REQUEST = 100

export const okta: Dialect = {
  name: 'okta',
  title: 'Okta (app integration wizard)',
  headers: {
    Accept: 'application/scim+json',
    'Accept-Charset': 'utf-8',
    'User-Agent': 'Okta SCIM Client 1.0.0',
  },
  contentType: 'application/scim+json; charset=utf-8',
  parallel: 4,
  test: () => [
    { method: 'GET', path: '/Users?startIndex=1&count=2', expect: [200] },
    { method: 'GET', path: '/Groups?startIndex=1&count=100', expect: [200] },
  ],
  user: {
    find: (person) => `/Users?filter=${equals('userName', person.userName)}&startIndex=1&count=100`,
    create: (person, random) => ({ ...profile(person), groups: [], password: password(random) }),
    readBack: true,
    change: ({ after }) => ({ method: 'PUT', body: (current) => ({ ...current, ...profile(after) }) }),
    deletes: false,
  },
  group: {
    find: (team) => `/Groups?filter=${equals('displayName', team.displayName)}&startIndex=1&count=100`,
    create: (team) => ({ schemas: [GROUP], displayName: team.displayName, members: [] }),
    createsWithMembers: false,
    readBack: '',
    change: ({ id, after, members }) => [
      {
        method: 'PUT',
        body: { schemas: [GROUP], id, displayName: after.displayName, members: members.map(member) },
      },
    ],
  },
}

export const oktaOin: Dialect = {
  ...okta,
  name: 'okta-oin',
  title: 'Okta (integration network template)',
  user: {
    ...okta.user,
    change: (change) =>
      change.before.active === change.after.active
        ? okta.user.change(change)
        : patch([{ op: 'replace', value: { active: change.after.active } }]),
  },
  group: okta.group && { ...okta.group, change: changeGroup },
}

// Each push begins with the name, changed or not. Members who leave go first, in the same request as those who come.
function changeGroup({ id, after, added, removed }: GroupChange): Write[] {
  const name = patch([{ op: 'replace', value: { id, displayName: after.displayName } }])
  const removals = removed.map(
    (left): JsonObject => ({ op: 'remove', path: `members[value eq "${left.id}"]` }),
  )
  const additions = chunks(added, MEMBERS_PER_REQUEST).map(
    (members): JsonObject => ({ op: 'add', path: 'members', value: members.map(member) }),
  )
  const operations = chunks([...removals, ...additions], MEMBERS_PER_REQUEST)
  return [name, ...operations.map(patch)]
}

function profile(person: Person): JsonObject {
  return {
    schemas: [USER],
    userName: person.userName,
    name: { givenName: person.givenName, familyName: person.familyName },
    emails: [{ primary: true, value: person.email, type: 'work' }],
    phoneNumbers: [{ primary: true, value: person.phone, type: 'work' }],
    displayName: person.displayName,
    title: person.title,
    locale: person.locale,
    externalId: person.externalId,
    active: person.active,
  }
}

function member({ id, userName }: MemberRef): JsonObject {
  return { value: id, display: userName }
}

function password(random: Random): string {
  const letters = [...'abcdefghijkmnpqrstuvwxyz23456789']
  return `${Array.from({ length: 9 }, () => pick(random, letters)).join('')}!Aa1`
}
