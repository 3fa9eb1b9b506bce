import type { Dialect, GroupChange, MemberRef, Write } from '../dialect.ts'
import { ENTERPRISE, equals, GROUP, type JsonObject, USER } from '../messages.ts'
import type { Person } from '../people.ts'

// PingOne writes with PUT only, its bodies have no id, and it sends the address twice, both times as primary.
// PingFederate looks people up by `emails eq` without a sub-attribute, and puts the id into its PUT.

export const pingone: Dialect = {
  name: 'pingone',
  title: 'PingOne',
  headers: { Accept: 'application/scim+json' },
  contentType: 'application/scim+json',
  parallel: 4,
  test: () => [
    {
      method: 'GET',
      path: `/Users?filter=${equals('userName', 'connection.test@ping.example')}`,
      expect: [200],
    },
  ],
  user: {
    find: (person) => `/Users?filter=${equals('userName', person.userName)}`,
    create: pingoneUser,
    readBack: false,
    change: ({ after }) => ({ method: 'PUT', body: pingoneUser(after) }),
    deletes: true,
  },
  group: {
    find: (team) => `/Groups?filter=${equals('displayName', team.displayName)}`,
    create: (team) => ({ schemas: [GROUP], displayName: team.displayName, externalId: team.externalId }),
    createsWithMembers: false,
    readBack: undefined,
    change: (change) => putGroup(change, { externalId: change.after.externalId }),
  },
}

export const pingfederate: Dialect = {
  name: 'pingfederate',
  title: 'PingFederate',
  headers: { Accept: 'application/scim+json', 'User-Agent': 'Apache-HttpClient/4.5 (Java)' },
  contentType: 'application/scim+json',
  parallel: 2,
  test: () => [
    {
      method: 'GET',
      path: `/Users?filter=${equals('emails', 'connection.test@ping.example')}`,
      expect: [200],
    },
  ],
  user: {
    find: (person) => `/Users?filter=${equals('emails', person.email)}`,
    create: pingfederateUser,
    readBack: false,
    change: ({ id, after }) => ({ method: 'PUT', body: { ...pingfederateUser(after), id } }),
    deletes: true,
  },
  group: {
    find: (team) => `/Groups?filter=${equals('displayName', team.displayName)}`,
    create: (team, members) => ({
      schemas: [GROUP],
      displayName: team.displayName,
      members: members.map(value),
    }),
    createsWithMembers: true,
    readBack: undefined,
    change: (change) => putGroup(change, { id: change.id }),
  },
}

function pingoneUser(person: Person): JsonObject {
  return {
    schemas: [USER, ENTERPRISE],
    userName: person.userName,
    externalId: person.externalId,
    active: person.active,
    name: { givenName: person.givenName, familyName: person.familyName, formatted: person.displayName },
    title: person.title,
    emails: [
      { type: 'work', value: person.email, primary: true },
      { type: 'other', value: person.email, primary: true },
    ],
    phoneNumbers: [{ type: 'work', value: person.phone }],
    [ENTERPRISE]: { department: person.department, employeeNumber: person.employeeNumber },
  }
}

function pingfederateUser(person: Person): JsonObject {
  return {
    schemas: [USER],
    userName: person.userName,
    externalId: person.externalId,
    active: person.active,
    name: { givenName: person.givenName, familyName: person.familyName },
    title: person.title,
    emails: [{ type: 'work', value: person.email }],
    phoneNumbers: [{ type: 'work', value: person.phone }],
  }
}

function putGroup({ after, members }: GroupChange, more: JsonObject): Write[] {
  const body = { schemas: [GROUP], ...more, displayName: after.displayName, members: members.map(value) }
  return [{ method: 'PUT', body }]
}

function value({ id }: MemberRef): JsonObject {
  return { value: id }
}
