import { expect, test } from 'vitest'
import type { RawResponse } from '../raw-http.ts'
import { violation } from './assertions.ts'
import { recordedSequences } from './files.ts'
import { nodesAt } from './json-path.ts'
import { complaints, type Step } from './run.ts'
import { substitute } from './substitute.ts'

const URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const DOCUMENT = {
  id: '7',
  title: null,
  emails: [
    { type: 'work', value: 'a@x', primary: true },
    { type: 'home', value: 'b@x' },
  ],
  members: [],
  'name.givenName': 'dotted',
  name: { givenName: 'Ada' },
  [URN]: { manager: { value: 'm' } },
}

test.each([
  ['$', [DOCUMENT]],
  ['$.id', ['7']],
  ['$.nothing', []],
  ['$.id.deeper', []],
  ['$.name.givenName', ['Ada']],
  ["$['name.givenName']", ['dotted']],
  [`$['${URN}'].manager.value`, ['m']],
  ['$.emails[1].value', ['b@x']],
  ['$.emails[2]', []],
  ['$.emails[*].value', ['a@x', 'b@x']],
  ["$.emails[?(@.type=='work')].value", ['a@x']],
  ['$.emails[?(@.primary==true)].type', ['work']],
  ['$.members[*]', []],
  ['$.members', [[]]],
  ['$.id[*]', []],
  ['$.constructor', []],
])('the path %s yields its nodes', (path, nodes) => {
  expect(nodesAt(path, DOCUMENT)).toEqual(nodes)
})

test.each(['id', '$..id', '$.emails[?(@.type>1)]', '$.emails[', '$.a b'])(
  'the path %s is refused',
  (path) => {
    expect(() => nodesAt(path, DOCUMENT)).toThrow('JSON path')
  },
)

test.each([
  ['eq', '$.id', '7', '8'],
  ['eq', '$.id', '7', 7],
  ['neq', '$.id', '8', '7'],
  ['count', '$.emails[*]', 2, 1],
  ['countGte', '$.emails[*]', 2, 3],
  ['countLte', '$.emails[*]', 2, 1],
  ['includes', '$.emails[*].type', 'home', 'other'],
  ['excludes', '$.emails[*].type', 'other', 'home'],
  ['in', '$.id', ['6', '7'], ['6']],
  ['type', '$.id', 'string', 'number'],
  ['type', '$.members', 'array', 'object'],
  ['matches', '$.id', '^7$', '^8$'],
  ['setEq', '$.emails[*].type', ['home', 'work'], ['home', 'home', 'work']],
])('%s holds of %s for %j and not for %j', (op, path, right, wrong) => {
  expect(violation({ op, path, value: right }, DOCUMENT)).toBeUndefined()
  expect(violation({ op, path, value: wrong }, DOCUMENT)).toContain(path)
})

test('eq needs exactly one node', () => {
  expect(violation({ op: 'eq', path: '$.emails[*].type', value: 'work' }, DOCUMENT)).toBeDefined()
  expect(violation({ op: 'eq', path: '$.nothing', value: undefined }, DOCUMENT)).toBeDefined()
})

test('exists and unassigned tell a value from none, null and empty', () => {
  for (const path of ['$.title', '$.members', '$.nothing']) {
    expect(violation({ op: 'unassigned', path }, DOCUMENT)).toBeUndefined()
  }
  expect(violation({ op: 'unassigned', path: '$.id' }, DOCUMENT)).toBeDefined()
  expect(violation({ op: 'exists', path: '$.id' }, DOCUMENT)).toBeUndefined()
  expect(violation({ op: 'exists', path: '$.nothing' }, DOCUMENT)).toBeDefined()
})

test('gte compares one number', () => {
  expect(violation({ op: 'gte', path: '$.n', value: 2 }, { n: 2 })).toBeUndefined()
  expect(violation({ op: 'gte', path: '$.n', value: 2 }, { n: 1 })).toBeDefined()
  expect(violation({ op: 'gte', path: '$.n', value: 2 }, { n: '3' })).toBeDefined()
})

test('an unknown operation is an error, not a pass', () => {
  expect(() => violation({ op: 'resembles', path: '$.id' }, DOCUMENT)).toThrow('resembles')
})

test('captures are put everywhere, and a missing one is an error', () => {
  const captures = new Map([['u1', 'id-1']])
  const written = { path: '/Users/{{u1}}', body: { members: [{ value: '{{u1}}' }], n: 1 } }
  expect(substitute(written, captures)).toEqual({
    path: '/Users/id-1',
    body: { members: [{ value: 'id-1' }], n: 1 },
  })
  expect(() => substitute('{{u2}}', captures)).toThrow('u2')
})

function answered(status: number, body: unknown, headers: Record<string, string> = {}): RawResponse {
  return { status, headers, text: body === undefined ? '' : JSON.stringify(body), milliseconds: 1 }
}

test('a step complains of status, headers and body, and of a body only when there may be one', () => {
  const step: Step = {
    method: 'PATCH',
    path: '/Users/1',
    expect: {
      status: [200, 204],
      headers: { 'Content-Type': 'matches:^application/scim\\+json', Location: 'exists' },
      assert: [{ path: '$.id', op: 'eq', value: '1' }],
    },
  }
  const headers = { 'content-type': 'application/scim+json', location: '/x' }
  expect(complaints(step, answered(200, { id: '1' }, headers))).toEqual([])
  expect(complaints(step, answered(204, undefined, headers))).toEqual([])
  expect(complaints(step, answered(500, { id: '2' }, { 'content-type': 'text/html' }))).toHaveLength(4)
})

test('one of the accepted outcomes must hold as a whole', () => {
  const oneOf = [
    { status: 201, assert: [{ path: '$.ok', op: 'eq', value: true }] },
    { status: 400, assert: [{ path: '$.ok', op: 'eq', value: false }] },
  ]
  const step: Step = { method: 'POST', path: '/Users', expect: { status: [201, 400] }, oneOf }
  expect(complaints(step, answered(201, { ok: true }))).toEqual([])
  expect(complaints(step, answered(400, { ok: true }))).toHaveLength(1)
})

test('the recorded files hold nothing that the runner would pass over', () => {
  const steps = recordedSequences().flatMap((sequence) => sequence.steps)
  const keys = (objects: object[]) => [...new Set(objects.flatMap(Object.keys))].toSorted()
  expect(keys(steps)).toEqual([
    'auth',
    'body',
    'capture',
    'expect',
    'headers',
    'method',
    'oneOf',
    'path',
    'role',
  ])
  expect(keys(steps.map((step) => step.expect))).toEqual(['assert', 'headers', 'note', 'oneOf', 'status'])
  for (const step of steps) for (const assertion of step.expect.assert ?? []) violation(assertion, {})
})
