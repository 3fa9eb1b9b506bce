import type { Dialect } from '../dialect.ts'
import { chunks, equals, GROUP, type JsonObject, patch } from '../messages.ts'
import type { Person } from '../people.ts'

// OneLogin, SCIM provisioner with its default JSON template: the SCIM 1 schema, `id` null on create, `active` as a
// string, empty strings for what is not known, and an empty User-Agent.

const MEMBERS_PER_REQUEST = 50

export const onelogin: Dialect = {
  name: 'onelogin',
  title: 'OneLogin',
  headers: { 'User-Agent': '' },
  contentType: 'application/scim+json',
  parallel: 2,
  test: () => [
    {
      method: 'GET',
      path: `/Users?filter=${equals('userName', 'connection.test@onelogin.example')}`,
      expect: [200],
    },
  ],
  user: {
    find: (person) => `/Users?filter=${equals('userName', person.userName)}`,
    create: (person) => template(person, null),
    readBack: false,
    change: ({ id, after }) => ({ method: 'PUT', body: template(after, id) }),
    deletes: true,
  },
  group: {
    find: (team) => `/Groups?filter=${equals('displayName', team.displayName)}`,
    create: (team) => ({ schemas: [GROUP], displayName: team.displayName }),
    createsWithMembers: false,
    readBack: undefined,
    change: ({ before, after, added, removed }) => [
      ...(before.displayName === after.displayName
        ? []
        : [patch([{ op: 'replace', path: 'displayName', value: after.displayName }])]),
      ...chunks(added, MEMBERS_PER_REQUEST).map((members) =>
        patch([{ op: 'add', path: 'members', value: members.map(({ id }) => ({ value: id })) }]),
      ),
      ...removed.map(({ id }) => patch([{ op: 'remove', path: `members[value eq "${id}"]` }])),
    ],
  },
}

function template(person: Person, id: string | null): JsonObject {
  return {
    schemas: ['urn:scim:schemas:core:1.0'],
    id,
    userName: person.userName,
    externalId: person.externalId,
    name: { familyName: person.familyName, givenName: person.givenName, formatted: person.displayName },
    emails: [{ value: person.email, type: 'work', primary: true }],
    phoneNumbers: [{ value: person.phone, type: 'work' }],
    title: person.title,
    department: person.department,
    managerId: '',
    active: String(person.active),
    meta: { resourceType: 'User' },
  }
}
