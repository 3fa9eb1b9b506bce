import type { Dialect } from '../dialect.ts'
import { equals, type JsonObject, patchUnlessEmpty, USER } from '../messages.ts'
import type { Person } from '../people.ts'

// Google Workspace, automatic provisioning: plain application/json, and users only.

const PATHS: Partial<Record<keyof Person, string>> = {
  userName: 'userName',
  givenName: 'name.givenName',
  familyName: 'name.familyName',
  displayName: 'displayName',
  title: 'title',
  active: 'active',
}

export const google: Dialect = {
  name: 'google',
  title: 'Google Workspace',
  headers: { 'User-Agent': 'Google-Auto-Provisioning' },
  contentType: 'application/json',
  parallel: 2,
  test: () => [
    {
      method: 'GET',
      path: `/Users?filter=${equals('userName', 'connection.test@google.example')}`,
      expect: [200],
    },
  ],
  user: {
    find: (person) => `/Users?filter=${equals('userName', person.userName)}`,
    create: (person) => ({
      schemas: [USER],
      userName: person.userName,
      externalId: person.externalId,
      name: { givenName: person.givenName, familyName: person.familyName },
      displayName: person.displayName,
      title: person.title,
      emails: [{ value: person.email, type: 'work', primary: true }],
      active: person.active,
    }),
    readBack: false,
    change: ({ before, after }) => patchUnlessEmpty(operations(before, after)),
    deletes: true,
  },
  group: undefined,
}

function operations(before: Person, after: Person): JsonObject[] {
  const changed: JsonObject[] = []
  for (const [attribute, path] of Object.entries(PATHS)) {
    const value = after[attribute as keyof Person]
    if (value !== before[attribute as keyof Person]) changed.push({ op: 'replace', path, value: value ?? '' })
  }
  if (before.email !== after.email) {
    changed.push({
      op: 'replace',
      path: 'emails',
      value: [{ value: after.email, type: 'work', primary: true }],
    })
  }
  return changed
}
