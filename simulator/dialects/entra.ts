import type { Dialect, GroupDialect, MemberRef, UserChange, Write } from '../dialect.ts'
import {
  chunks,
  ENTERPRISE,
  equals,
  GROUP,
  type JsonObject,
  patch,
  patchUnlessEmpty,
  USER,
} from '../messages.ts'
import type { Person } from '../people.ts'
import { uuid } from '../random.ts'

// Microsoft Entra ID, application provisioning. By default: capitalised operations, one per attribute, booleans as
// strings, members removed by a value array. With the flag `aadOptscim062020` on the tenant URL: lower case, real
// booleans, one path-less replace with dotted keys, members removed by a value path.

const MEMBERS_PER_REQUEST = 20

type Changed = [path: string, value: string | boolean]

const PATHS: Partial<Record<keyof Person, string>> = {
  userName: 'userName',
  displayName: 'displayName',
  givenName: 'name.givenName',
  familyName: 'name.familyName',
  title: 'title',
  email: 'emails[type eq "work"].value',
  phone: 'phoneNumbers[type eq "work"].value',
  department: `${ENTERPRISE}:department`,
  employeeNumber: `${ENTERPRISE}:employeeNumber`,
}

export const entra: Dialect = {
  name: 'entra',
  title: 'Microsoft Entra ID',
  headers: { Accept: 'application/scim+json', 'User-Agent': 'Microsoft Azure AD SCIM provisioning' },
  contentType: 'application/scim+json; charset=utf-8',
  parallel: 8,
  test: (random) => {
    const nobody = uuid(random)
    return [
      { method: 'GET', path: `/Users?filter=userName+eq+%22${nobody}%22`, expect: [200] },
      { method: 'GET', path: `/Users?filter=${equals('userName', nobody)}`, expect: [200] },
      {
        method: 'GET',
        path: `/Groups?excludedAttributes=members&filter=${equals('displayName', nobody)}`,
        expect: [200],
      },
      { method: 'GET', path: `/Users/${nobody}`, expect: [404] },
    ]
  },
  user: {
    find: (person) => `/Users?filter=${equals('userName', person.userName)}`,
    create,
    readBack: true,
    change: ({ before, after }) => patchUnlessEmpty(changedPaths(before, after).map(replace)),
    manager: (id) => patch([{ op: 'Add', path: `${ENTERPRISE}:manager`, value: id }]),
    deletes: true,
  },
  group: groups('Replace', 'Add', (members) => [
    { op: 'Remove', path: 'members', value: members.map(reference) },
  ]),
}

export const entraFlag: Dialect = {
  ...entra,
  name: 'entra-aadoptscim',
  title: 'Microsoft Entra ID with aadOptscim062020',
  user: {
    ...entra.user,
    change: changeWithFlag,
    manager: (id) => patch([{ op: 'add', path: `${ENTERPRISE}:manager`, value: id }]),
  },
  group: groups('replace', 'add', (members) =>
    members.map(({ id }) => ({ op: 'remove', path: `members[value eq "${id}"]` })),
  ),
}

function create(person: Person): JsonObject {
  return {
    schemas: [USER, ENTERPRISE],
    externalId: person.externalId,
    userName: person.userName,
    active: person.active,
    displayName: person.displayName,
    title: person.title,
    emails: [{ primary: true, type: 'work', value: person.email }],
    phoneNumbers: [{ primary: true, type: 'work', value: person.phone }],
    meta: { resourceType: 'User' },
    name: { formatted: person.displayName, familyName: person.familyName, givenName: person.givenName },
    roles: [],
    [ENTERPRISE]: { employeeNumber: person.employeeNumber, department: person.department },
  }
}

function replace([path, value]: Changed): JsonObject {
  if (typeof value === 'string') return { op: 'Replace', path, value }
  return value ? { op: 'Add', path, value: 'True' } : { op: 'Replace', path, value: 'False' }
}

// A value path keeps an operation of its own; everything else is a key of one path-less replace.
function changeWithFlag({ before, after }: UserChange): Write | undefined {
  const changed = changedPaths(before, after)
  const filtered = changed.filter(([path]) => path.includes('['))
  const plain = changed.filter(([path]) => !path.includes('['))
  if (filtered.length === 0 && plain.length === 1 && before.active !== after.active) {
    return patch([{ op: 'replace', path: 'active', value: after.active }])
  }
  const operations: JsonObject[] = filtered.map(([path, value]) => ({ op: 'replace', path, value }))
  if (plain.length > 0) operations.push({ op: 'replace', value: Object.fromEntries(plain) })
  return patchUnlessEmpty(operations)
}

function changedPaths(before: Person, after: Person): Changed[] {
  const changed: Changed[] = []
  for (const [attribute, path] of Object.entries(PATHS)) {
    const value = after[attribute as keyof Person]
    if (value !== before[attribute as keyof Person] && typeof value === 'string') changed.push([path, value])
  }
  if (before.active !== after.active) changed.push(['active', after.active])
  return changed
}

function groups(
  replaceWord: string,
  addWord: string,
  remove: (members: MemberRef[]) => JsonObject[],
): GroupDialect {
  return {
    find: (team) => `/Groups?excludedAttributes=members&filter=${equals('displayName', team.displayName)}`,
    create: (team) => ({
      schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: team.externalId,
      displayName: team.displayName,
      meta: { resourceType: 'Group' },
    }),
    createsWithMembers: false,
    readBack: '?excludedAttributes=members',
    change: ({ before, after, added, removed }) => {
      const renamed = before.displayName !== after.displayName
      const rename: JsonObject = { op: replaceWord, path: 'displayName', value: after.displayName }
      return [
        ...(renamed ? [patch([rename])] : []),
        ...chunks(added, MEMBERS_PER_REQUEST).map((members) =>
          patch([{ op: addWord, path: 'members', value: members.map(reference) }]),
        ),
        ...chunks(removed, MEMBERS_PER_REQUEST).map((members) => patch(remove(members))),
      ]
    },
  }
}

function reference({ id }: MemberRef): JsonObject {
  return { $ref: null, value: id }
}
