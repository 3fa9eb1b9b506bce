// Bodies that are no SCIM message: each is refused with the field and the rule, and changes nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '#test/harness.ts'
import {
  type Attempt,
  ask,
  everything,
  expectRefusal,
  GROUP,
  PATCH_OP,
  patchOf,
  type Refusal,
  type Speaker,
  succeed,
  USER,
} from './refusal.ts'

let house: House
let idp: Speaker
let ada: string
let crew: string

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider({})
  const emails = [{ value: 'ada@example.com', type: 'work', primary: true }]
  const user = {
    schemas: [USER],
    userName: 'ada@example.com',
    displayName: 'Ada',
    name: { givenName: 'Ada' },
    emails,
  }
  ada = (await succeed<{ id: string }>(idp, { path: '/Users', body: user })).id
  await succeed(idp, { path: '/Users', body: { schemas: [USER], userName: 'taken@example.com' } })
  const group = { schemas: [GROUP], displayName: 'Crew', members: [{ value: ada }] }
  crew = (await succeed<{ id: string }>(idp, { path: '/Groups', body: group })).id
})

afterAll(() => house?.close())

/** Names of bad bodies, what they are, and how they are refused. */
type Row = readonly [title: string, body: unknown, refusal: Refusal]

const syntax = (...says: RegExp[]): Refusal => ({ status: 400, scimType: 'invalidSyntax', says })
const value = (...says: RegExp[]): Refusal => ({ status: 400, scimType: 'invalidValue', says })

const user = (more: object) => ({ schemas: [USER], userName: 'new@example.com', ...more })
const group = (more: object) => ({ schemas: [GROUP], displayName: 'New', ...more })
/** JSON text of a user with one member written by hand. */
const written = (member: string) => `{"schemas":["${USER}"],"userName":"new@example.com",${member}}`

const NOT_MESSAGES: readonly Row[] = [
  ['nothing', '', syntax(/body/i)],
  ['white space', ' \n ', syntax(/body/i)],
  ['half an object', '{"schemas":', syntax(/JSON/)],
  ['two values', `${written('"x":1')} {}`, syntax(/JSON/)],
  ['single quotes', `{'userName':'x'}`, syntax(/JSON/)],
  ['NaN', written('"x":NaN'), syntax(/JSON/)],
  ['a trailing comma', written('"x":1,'), syntax(/JSON/)],
  ['a raw line end in a string', written('"displayName":"a\nb"'), syntax(/JSON/)],
  ['null', 'null', syntax(/object/)],
  ['a list', [user({})], syntax(/object/)],
  ['a string', '"user"', syntax(/object/)],
  ['a number', '7', syntax(/object/)],
  ['true', 'true', syntax(/object/)],
  ['65 levels of lists', written(`"x":${'['.repeat(64)}${']'.repeat(64)}`), syntax(/nested|deep/, /64/)],
  [
    '65 levels of objects',
    written(`"x":${'{"x":'.repeat(64)}1${'}'.repeat(64)}`),
    syntax(/nested|deep/, /64/),
  ],
  ['100,000 open brackets', '['.repeat(100_000), syntax(/nested|deep/)],
  ['bytes that are no UTF-8', Buffer.from(written('"displayName":"\xff"'), 'latin1'), syntax(/UTF-8/)],
  ['overlong UTF-8', Buffer.from(written('"displayName":"\xc0\x80"'), 'latin1'), syntax(/UTF-8/)],
  ['a surrogate in UTF-8', Buffer.from(written('"displayName":"\xed\xa0\x80"'), 'latin1'), syntax(/UTF-8/)],
  ['UTF-16', Buffer.from(written('"x":1'), 'utf16le'), syntax(/JSON|UTF-8/)],
  ['__proto__', written('"__proto__":{"polluted":"x"}'), syntax(/__proto__/)],
  ['__proto__ inside', written('"name":{"__proto__":{"polluted":"x"}}'), syntax(/name/, /__proto__/)],
  ['__proto__ by an escape', written('"\\u005f_proto__":{"polluted":"x"}'), syntax(/__proto__/)],
  ['NUL in a string', written('"displayName":"a\\u0000b"'), value(/displayName/, /character|NUL|U\+0000/i)],
  ['NUL deep inside', written('"emails":[{"value":"a\\u0000b"}]'), value(/emails/, /character|NUL|U\+0000/i)],
  ['NUL in a name', written('"na\\u0000me":1'), value(/character|NUL|U\+0000/i)],
  ['half a surrogate pair', written('"displayName":"\\ud800"'), value(/displayName/, /surrogate|character/i)],
  ['the other half', written('"displayName":"x\\udc00y"'), value(/displayName/, /surrogate|character/i)],
  ['half a pair in a name', written('"x\\ud83d":1'), value(/surrogate|character/i)],
]

const BAD_USERS: readonly Row[] = [
  ['no userName', { schemas: [USER] }, value(/userName/, /required/)],
  ['userName null', user({ userName: null }), value(/userName/, /required/)],
  ['userName empty', user({ userName: '' }), value(/userName/, /required|blank|empty/)],
  ['userName blank', user({ userName: ' \t ' }), value(/userName/, /required|blank|empty/)],
  ['userName a fraction', user({ userName: 7.5 }), value(/userName/, /string/)],
  ['userName an object', user({ userName: { value: 'x' } }), value(/userName/, /string/)],
  ['userName a list', user({ userName: ['x'] }), value(/userName/)],
  ['userName of 1,025 characters', user({ userName: 'x'.repeat(1_025) }), value(/userName/, /1,?024/)],
  ['displayName an object', user({ displayName: { a: 1 } }), value(/displayName/, /string/)],
  ['active a word', user({ active: 'maybe' }), value(/active/, /boolean|true/)],
  ['active a number', user({ active: 7 }), value(/active/, /boolean|true/)],
  ['active an object', user({ active: {} }), value(/active/, /boolean|true/)],
  ['name a text', user({ name: 'Ada' }), value(/name/, /object/)],
  ['name.givenName a list of numbers', user({ name: { givenName: [1, 2] } }), value(/name\.givenName/)],
  ['emails a boolean', user({ emails: true }), value(/emails/, /array|object/)],
  ['emails with a list inside', user({ emails: [[{ value: 'a@b' }]] }), value(/emails/, /object/)],
  ['an e-mail that is an object', user({ emails: [{ value: { a: 1 } }] }), value(/emails.*value/, /string/)],
  [
    'primary a word',
    user({ emails: [{ value: 'a@b', primary: 'often' }] }),
    value(/emails.*primary/, /boolean|true/),
  ],
  [
    '1,001 e-mails',
    user({ emails: Array.from({ length: 1_001 }, (_, n) => ({ value: `${n}@b` })) }),
    value(/emails/, /1,?000/),
  ],
  [
    '70,000 characters in one value',
    user({ displayName: 'x'.repeat(70_000) }),
    value(/displayName/, /character|long/),
  ],
  ['externalId a number list', user({ externalId: [1] }), value(/externalId/)],
  [
    'an extension that is no object',
    user({ 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': 'x' }),
    value(/enterprise/, /object/),
  ],
  [
    'a userName that is taken',
    user({ userName: 'ADA@example.com' }),
    { status: 409, scimType: 'uniqueness', says: [/userName/] },
  ],
]

const BAD_GROUPS: readonly Row[] = [
  ['no displayName', { schemas: [GROUP] }, value(/displayName/, /required/)],
  ['displayName empty', group({ displayName: '' }), value(/displayName/, /required|blank|empty/)],
  ['displayName a list', group({ displayName: ['x', 'y'] }), value(/displayName/)],
  ['members a number', group({ members: 7 }), value(/members/)],
  ['members of numbers', group({ members: [7] }), value(/members\.value/, /7/)],
  ['a member whose value is a number', group({ members: [{ value: 7 }] }), value(/members\.value/, /7/)],
  ['a member without value', group({ members: [{ display: 'Ada' }] }), value(/members\[0\]\.value/)],
  ['a member that is no id', group({ members: [{ value: 'nobody' }] }), value(/members/)],
  ['a member that nobody is', group({ members: [{ value: crypto.randomUUID() }] }), value(/members/)],
  [
    'a displayName that is taken',
    group({ displayName: 'CREW' }),
    { status: 409, scimType: 'uniqueness', says: [/displayName/] },
  ],
]

const patch = (...operations: unknown[]) => patchOf(...operations)
const replace = (path: unknown, to: unknown) => patch({ op: 'replace', path, value: to })

const BAD_PATCHES: readonly Row[] = [
  ['no operations', { schemas: [PATCH_OP] }, syntax(/Operations/)],
  ['an empty list of operations', patch(), syntax(/Operations/)],
  ['operations in an object', { schemas: [PATCH_OP], Operations: { op: 'add' } }, syntax(/Operations/)],
  ['an operation that is a text', patch('replace'), syntax(/Operations\[0\]/, /object/)],
  ['no op', patch({ path: 'displayName', value: 'x' }), syntax(/Operations\[0\]\.op/)],
  [
    'an unknown op',
    patch({ op: 'move', path: 'displayName', value: 'x' }),
    syntax(/op/, /add, remove or replace/),
  ],
  ['op a list', patch({ op: ['replace'], path: 'displayName', value: 'x' }), syntax(/op/)],
  ['op a number', patch({ op: 7, path: 'displayName', value: 'x' }), syntax(/op/)],
  ['op null', patch({ op: null, path: 'displayName', value: 'x' }), syntax(/op/)],
  ['op a name of every object', patch({ op: 'constructor', path: 'displayName', value: 'x' }), syntax(/op/)],
  ['path a number', replace(7, 'x'), syntax(/path/, /string/)],
  ['path an object', replace({ a: 1 }, 'x'), syntax(/path/, /string/)],
  ['path a list', replace(['displayName'], 'x'), syntax(/path/, /string/)],
  ['add without value', patch({ op: 'add', path: 'displayName' }), { status: 400, says: [/value/] }],
  ['remove without path', patch({ op: 'remove' }), { status: 400, scimType: 'noTarget', says: [/path/] }],
  [
    'a value without path that is a text',
    patch({ op: 'replace', value: 'x' }),
    { status: 400, says: [/value|object/] },
  ],
  [
    'an unknown path root',
    replace('__proto__.polluted', 'x'),
    { status: 400, scimType: 'invalidPath', says: [/__proto__/] },
  ],
  ['userName set to nothing', replace('userName', ''), { status: 400, says: [/userName/] }],
  ['userName set to null', replace('userName', null), { status: 400, says: [/userName/] }],
  ['userName set to a fraction', replace('userName', 7.5), value(/userName/, /string/)],
  ['userName removed', patch({ op: 'remove', path: 'userName' }), { status: 400, says: [/userName/] }],
  [
    'userName taken by another',
    replace('userName', 'TAKEN@example.com'),
    { status: 409, scimType: 'uniqueness' },
  ],
  ['active a word', replace('active', 'maybe'), value(/active/, /boolean|true/)],
  ['another id', replace('id', crypto.randomUUID()), { status: 400, scimType: 'mutability', says: [/id/] }],
  [
    'meta written',
    replace('meta.created', '1999-01-01T00:00:00Z'),
    { status: 400, scimType: 'mutability', says: [/meta/] },
  ],
  [
    'groups written',
    patch({ op: 'add', path: 'groups', value: [{ value: 'x' }] }),
    { status: 400, scimType: 'mutability' },
  ],
  [
    'a filter that selects nothing',
    replace('emails[value sw "zz"].display', 'x'),
    { status: 400, scimType: 'noTarget' },
  ],
  [
    'a good operation before a bad one',
    patch({ op: 'replace', path: 'title', value: 'x' }, { op: 'fly' }),
    syntax(/Operations\[1\]/),
  ],
  [
    'a good change before a bad value',
    patch({ op: 'replace', path: 'title', value: 'x' }, { op: 'replace', path: 'active', value: 'maybe' }),
    value(/active/),
  ],
  [
    '1,001 operations',
    patch(...Array.from({ length: 1_001 }, () => ({ op: 'add', path: 'title', value: 'x' }))),
    { status: [400, 413], says: [/operations/i, /1,?000/] },
  ],
]

const BAD_PATHS = [
  ...[
    '',
    ' ',
    '.',
    'emails[',
    'emails]',
    'emails[]',
    'emails[type eq "work"',
    'emails[type eq "work"]]',
    'emails.',
  ],
  ...[
    '.value',
    'name..givenName',
    'name.givenName.x',
    'a b',
    'emails[type eq "work"]value',
    'userName[type eq "x"]',
  ],
  ...[
    'emails[type eq "work"].value.x',
    'emails[not (type eq "work"].value',
    '"displayName"',
    'emails[0].value',
  ],
  ...['emails[type zz "work"]', `emails[${'('.repeat(5_000)}type pr${')'.repeat(5_000)}]`, 'x'.repeat(9_000)],
  ...[
    'urn:ietf:params:scim:schemas:core:2.0:User:',
    ':',
    'emails[type eq "work" and]',
    'emails[emails[type eq "x"]]',
  ],
]

const attempts = (rows: readonly Row[], attempt: (body: unknown) => Attempt) =>
  test.each(rows.map(([title, body, refusal]) => ({ title, body, refusal })))(
    '$title',
    async ({ body, refusal }) => {
      await expectRefusal(idp, attempt(body), refusal)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    },
  )

describe('a body that is no message', () => {
  describe('on POST', () => attempts(NOT_MESSAGES, (body) => ({ path: '/Users', body })))
  describe('on PUT', () => attempts(NOT_MESSAGES, (body) => ({ method: 'PUT', path: `/Users/${ada}`, body })))
  describe('on PATCH', () =>
    attempts(NOT_MESSAGES, (body) => ({ method: 'PATCH', path: `/Groups/${crew}`, body })))
})

describe('a user that cannot be', () => {
  describe('on POST', () => attempts(BAD_USERS, (body) => ({ path: '/Users', body })))
  const others = BAD_USERS.filter(([title]) => !title.includes('taken'))
  describe('on PUT', () => attempts(others, (body) => ({ method: 'PUT', path: `/Users/${ada}`, body })))
})

describe('a group that cannot be', () => {
  describe('on POST', () => attempts(BAD_GROUPS, (body) => ({ path: '/Groups', body })))
  const others = BAD_GROUPS.filter(([title]) => !title.includes('taken'))
  describe('on PUT', () => attempts(others, (body) => ({ method: 'PUT', path: `/Groups/${crew}`, body })))
})

describe('a PATCH that cannot be', () => {
  attempts(BAD_PATCHES, (body) => ({ method: 'PATCH', path: `/Users/${ada}`, body }))

  test.each(BAD_PATHS.map((path) => ({ path, shown: path.slice(0, 60) })))(
    'the path "$shown"',
    async ({ path }) => {
      const attempt = { method: 'PATCH', path: `/Users/${ada}`, body: replace(path, 'x') }
      await expectRefusal(idp, attempt, { status: 400, says: [/path|filter/i] })
    },
  )

  test.each([
    [
      'a member that nobody is',
      { op: 'add', path: 'members', value: [{ value: crypto.randomUUID() }] },
      /members/,
    ],
    ['a member that is no id', { op: 'add', path: 'members', value: [{ value: 'nobody' }] }, /members/],
    ['a member value that is a number', { op: 'add', path: 'members', value: [{ value: 7 }] }, /members/],
    ['members added as a number', { op: 'add', path: 'members', value: 7 }, /members/],
    ['the displayName removed', { op: 'remove', path: 'displayName' }, /displayName/],
    ['a broken member filter', { op: 'remove', path: 'members[value eq "' }, /filter|path/i],
  ])('of a group: %s', async (_title, operation, says) => {
    const attempt = { method: 'PATCH', path: `/Groups/${crew}`, body: patch(operation) }
    await expectRefusal(idp, attempt, { status: 400, says: [says] })
  })
})

test('64 levels of JSON are still read', async () => {
  const before = await everything(idp)
  const own = JSON.parse((await ask(idp, { path: `/Users/${ada}` })).text) as object
  const body = JSON.stringify(own).replace(/\}$/, `,"unheardOf":${'['.repeat(63)}${']'.repeat(63)}}`)
  expect((await ask(idp, { method: 'PUT', path: `/Users/${ada}`, body })).status).toBe(200)
  expect(await everything(idp)).toBe(before)
})
