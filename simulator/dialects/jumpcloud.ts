import type { Dialect, Probe } from '../dialect.ts'
import { chunks, ENTERPRISE, equals, GROUP, type JsonObject, patch, USER } from '../messages.ts'
import type { Person } from '../people.ts'
import { type Random, uuid } from '../random.ts'

// JumpCloud. Activating the connector creates a user and a group and deletes both. Users by PUT; groups are renamed
// by a path-less replace and lose members by a value array. People who leave are deactivated, not deleted.

const MEMBERS_PER_REQUEST = 50

export const jumpcloud: Dialect = {
  name: 'jumpcloud',
  title: 'JumpCloud',
  headers: { Accept: 'application/scim+json' },
  contentType: 'application/scim+json',
  parallel: 2,
  test: activation,
  user: {
    find: (person) => `/Users?filter=${equals('userName', person.userName)}`,
    create: profile,
    readBack: true,
    change: ({ id, after }) => ({ method: 'PUT', body: { ...profile(after), id } }),
    deletes: false,
  },
  group: {
    find: (team) => `/Groups?filter=${equals('displayName', team.displayName)}`,
    create: (team, members) => ({
      schemas: [GROUP],
      displayName: team.displayName,
      members: members.map(({ id }) => ({ value: id })),
    }),
    createsWithMembers: true,
    readBack: undefined,
    change: ({ before, after, added, removed }) => [
      ...(before.displayName === after.displayName
        ? []
        : [patch([{ op: 'replace', value: { displayName: after.displayName } }])]),
      ...chunks(added, MEMBERS_PER_REQUEST).map((members) =>
        patch([{ op: 'add', path: 'members', value: members.map(({ id }) => ({ value: id })) }]),
      ),
      ...chunks(removed, MEMBERS_PER_REQUEST).map((members) =>
        patch([{ op: 'remove', path: 'members', value: members.map(({ id }) => ({ value: id })) }]),
      ),
    ],
  },
}

function activation(random: Random): Probe[] {
  const mark = uuid(random).slice(0, 8)
  const user = {
    schemas: [USER],
    userName: `jc.probe.${mark}@jumpcloud.example`,
    name: { givenName: 'Jc', familyName: 'Probe' },
    displayName: 'Jc Probe',
    emails: [{ value: `jc.probe.${mark}@jumpcloud.example`, primary: true, type: 'work' }],
    active: true,
  }
  const group = { schemas: [GROUP], displayName: `jc-probe-group-${mark}`, members: [{ value: '{user}' }] }
  return [
    { method: 'GET', path: `/Users?filter=${equals('userName', user.userName)}`, expect: [200] },
    { method: 'POST', path: '/Users', body: user, expect: [201], keep: 'user' },
    { method: 'GET', path: '/Users/{user}', expect: [200] },
    { method: 'PUT', path: '/Users/{user}', body: { ...user, id: '{user}', active: false }, expect: [200] },
    { method: 'POST', path: '/Groups', body: group, expect: [201], keep: 'group' },
    { method: 'DELETE', path: '/Groups/{group}', expect: [204] },
    { method: 'DELETE', path: '/Users/{user}', expect: [204] },
    { method: 'GET', path: '/Users/{user}', expect: [404] },
  ]
}

function profile(person: Person): JsonObject {
  return {
    schemas: [USER, ENTERPRISE],
    userName: person.userName,
    externalId: person.externalId,
    name: { givenName: person.givenName, familyName: person.familyName },
    displayName: person.displayName,
    title: person.title,
    emails: [{ value: person.email, primary: true, type: 'work' }],
    phoneNumbers: [{ value: person.phone, type: 'work' }],
    active: person.active,
    [ENTERPRISE]: { employeeNumber: person.employeeNumber, department: person.department },
  }
}
