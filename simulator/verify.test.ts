import { expect, onTestFinished, test } from 'vitest'
import type { Dialect } from './dialect.ts'
import { findDialect } from './dialects.ts'
import {
  differences,
  expectPatch,
  expectResource,
  memberDifferences,
  noExpectations,
} from './expectations.ts'
import { openFakeService } from './fake-service.ts'
import type { JsonObject } from './messages.ts'
import { simulate } from './simulate.ts'
import { printSummary } from './summary.ts'

async function verified(name: string, intercept?: Parameters<typeof openFakeService>[0]) {
  const service = await openFakeService(intercept)
  onTestFinished(service.close)
  return simulate({
    dialect: findDialect(name) as Dialect,
    endpoint: service.endpoint,
    credentials: { token: 'T0ken' },
    users: 20,
    groups: 4,
    cycles: 1,
    verify: true,
    patience: { retries: 2, wait: async () => {} },
  })
}

test('a service that keeps what it is sent has no differences', async () => {
  const summary = await verified('okta')
  expect(summary).toMatchObject({ errors: 0, verification: { differences: 0, samples: [] } })
  expect(summary.verification?.resources).toBe(summary.users + summary.groups)
  expect(printSummary(summary)).toContain('match what was sent')
})

test('a service that answers another userName, and one that drops changes, is found out', async () => {
  const renaming = await verified('okta', ({ method, path, body }) =>
    method === 'POST' && path === '/Users'
      ? {
          status: 201,
          body: { ...body, id: `id-${body.externalId}`, userName: `x${body.userName}` },
          carriedOut: true,
        }
      : undefined,
  )
  expect(renaming.verification?.samples[0]).toMatch(/username is "x.*" instead of "/)
  const dropping = await verified('okta-oin', ({ method, path }) =>
    method === 'PATCH' && path.startsWith('/Groups') ? { status: 204 } : undefined,
  )
  expect(dropping.verification?.samples.join()).toContain('lacks')
  expect(printSummary(dropping)).toMatch(/verified: \d+ differences/)
})

const body: JsonObject = {
  userName: 'ada',
  active: true,
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [{ type: 'work', value: 'a@x', primary: true }],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Keel' },
}

test('only what was sent is compared, whatever the service adds', () => {
  const expectations = noExpectations(false)
  expectResource(expectations, { ...body, password: 'secret', title: '' })
  const shown = {
    ...body,
    id: '1',
    meta: {},
    nickName: 'A',
    emails: [{ type: 'home', value: 'h' }, ...(body.emails as JsonObject[])],
  }
  expect(differences(shown, expectations.values.values())).toEqual([])
  expect(
    differences({ ...shown, name: { givenName: 'Ada' }, title: 'x' }, expectations.values.values()),
  ).toEqual(['name.familyname is missing instead of "L"', 'title is "x" instead of missing'])
})

test('a PATCH in any dialect changes what is expected', () => {
  const expectations = noExpectations(false)
  expectResource(expectations, body)
  expectPatch(expectations, {
    Operations: [
      { op: 'Replace', path: 'emails[primary eq true].value', value: 'b@x' },
      { op: 'Replace', path: 'active', value: 'False' },
      { op: 'replace', value: { 'name.givenName': 'Augusta', title: 'Countess' } },
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', value: 'm1' },
      { op: 'remove', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department' },
    ],
  })
  const shown: JsonObject = {
    ...body,
    active: false,
    title: 'Countess',
    name: { givenName: 'Augusta', familyName: 'L' },
    emails: [{ type: 'work', value: 'b@x', primary: true }],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: 'm1' } },
  }
  expect(differences(shown, expectations.values.values())).toEqual([])
  expect(differences(body, expectations.values.values())).toHaveLength(6)
})

test('members that come and go are counted, and those that stay', () => {
  const expectations = noExpectations(true)
  const member = (value: string) => ({ value })
  expectResource(expectations, { displayName: 'Crew', members: ['a', 'b', 'c'].map(member) })
  expectPatch(expectations, {
    Operations: [
      { op: 'remove', path: 'members[value eq "a"]' },
      { op: 'Remove', path: 'members', value: [member('b')] },
      { op: 'add', value: { members: [member('d')] } },
    ],
  })
  const members = expectations.members ?? new Set<string>()
  expect([...members]).toEqual(['c', 'd'])
  expect(memberDifferences({ members: [member('c'), member('d')] }, members)).toEqual([])
  expect(memberDifferences({ members: [member('a'), member('c'), member('c')] }, members)).toEqual([
    'lacks 1 of 2 members, such as d',
    'has 1 members too many, such as a',
    'shows 1 members twice',
  ])
})
