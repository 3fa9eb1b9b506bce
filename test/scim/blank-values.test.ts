// Templates of identity providers whose macros have no value for a user. Each is read as "no value" by POST, PUT and PATCH,
// with a path and without one, and what stands beside it is not lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const CUSTOM = 'urn:example:params:scim:schemas:1.0:Access'

let house: House
let idp: ProvidedIdp
let strict: ProvidedIdp
let count = 0
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  strict = await house.identityProvider({ mode: 'strict' })
  await declareSchema(house.db, idp.operator, idp.id, 'User', {
    id: CUSTOM,
    attributes: [
      { name: 'level', type: 'integer' },
      { name: 'vip', type: 'boolean' },
      { name: 'hired', type: 'dateTime' },
      { name: 'assurance', multiValued: true },
    ],
  })
})
afterAll(() => house?.close())

const unique = () => `user-${++count}`

/** A user with a value everywhere. */
const FULL = {
  active: false,
  title: 'Keel',
  displayName: 'Wren',
  nickName: 'wr',
  externalId: 'e',
  locale: 'en',
  profileUrl: 'https://x.example/',
  name: { givenName: 'Wren', familyName: 'Keel' },
  emails: [{ value: 'a@x.example', type: 'work' }],
  phoneNumbers: [{ value: '1', type: 'mobile' }],
  addresses: [{ type: 'work', locality: 'Kiel' }],
  roles: [{ value: 'r' }],
  photos: [{ value: 'https://x.example/p', type: 'photo' }],
  [ENTERPRISE]: { department: 'Dock', costCenter: '7', manager: { value: '7' } },
  [CUSTOM]: { level: 3, vip: true, hired: '2026-01-01T00:00:00Z', assurance: ['low'] },
}

/** What is sent, and the attributes that have no value then. An extension is named with its attribute. */
const BLANKS: readonly (readonly [dialect: string, sent: object, gone: readonly string[]])[] = [
  ['onelogin: an empty text', { title: '', nickName: '' }, ['title', 'nickName']],
  ['onelogin: a space between two empty macros', { displayName: ' ' }, ['displayName']],
  ['generic: white space of every kind', { title: '\t\n\u00a0\u3000' }, ['title']],
  ['okta: null', { title: null, displayName: null }, ['title', 'displayName']],
  ['jumpcloud: an empty object for a text', { title: {}, externalId: {} }, ['title', 'externalId']],
  ['entra: an empty list for a text', { title: [] }, ['title']],
  ['entra: a list with an empty text', { title: [''] }, ['title']],
  ['entra: a list with null', { title: [null] }, ['title']],
  ['entra: a list with an empty object', { title: [{}] }, ['title']],
  ['entra: the legacy wrapping of nothing', { title: [{ $ref: null, value: '' }] }, ['title']],
  ['generic: nothing in an object', { title: { value: null } }, ['title']],
  [
    'pingone: several texts',
    { locale: '', profileUrl: ' ', nickName: '' },
    ['locale', 'profileUrl', 'nickName'],
  ],
  ['generic: an externalId of spaces', { externalId: '   ' }, ['externalId']],
  ['onelogin: an empty name', { name: '' }, ['name']],
  ['generic: a name of one space', { name: ' ' }, ['name']],
  ['keycloak: a name in an empty list', { name: [] }, ['name']],
  ['onelogin: parts of a name', { name: { givenName: '', familyName: ' ' } }, ['name']],
  [
    'rippling: parts of a name that are null and an object',
    { name: { givenName: null, familyName: {} } },
    ['name'],
  ],
  ['entra: an empty text for e-mails', { emails: '' }, ['emails']],
  ['entra: a space for e-mails', { emails: ' ' }, ['emails']],
  ['generic: an empty object for e-mails', { emails: {} }, ['emails']],
  ['okta: an empty list', { emails: [], phoneNumbers: [] }, ['emails', 'phoneNumbers']],
  ['generic: empty elements', { emails: [{}, null, '', ' '] }, ['emails']],
  [
    'onelogin: an e-mail with a type and no value',
    { emails: [{ type: 'work', primary: true, value: '' }] },
    ['emails'],
  ],
  ['jumpcloud: an e-mail of a space', { emails: [{ type: 'work', value: ' ' }] }, ['emails']],
  [
    'pingfederate: an e-mail that is null',
    { emails: [{ type: 'work', primary: true, value: null }] },
    ['emails'],
  ],
  ['generic: an e-mail that is an empty object', { emails: [{ type: 'work', value: {} }] }, ['emails']],
  [
    'google: phone numbers without numbers',
    {
      phoneNumbers: [
        { type: 'mobile', value: '' },
        { type: 'work', value: '' },
      ],
    },
    ['phoneNumbers'],
  ],
  ['okta: one element in place of the list', { phoneNumbers: { type: 'work', value: '' } }, ['phoneNumbers']],
  [
    'okta: an address of which every line is empty',
    {
      addresses: [
        { type: 'work', primary: true, streetAddress: '', locality: '', postalCode: '', country: '' },
      ],
    },
    ['addresses'],
  ],
  [
    'onelogin: an address of spaces',
    { addresses: [{ type: 'work', formatted: ' \n ', locality: ' ' }] },
    ['addresses'],
  ],
  ['generic: roles of nothing', { roles: [''] }, ['roles']],
  ['entra: a role without value and name', { roles: [{ value: '', display: '' }] }, ['roles']],
  ['generic: roles as a space', { roles: ' ' }, ['roles']],
  ['authentik: a photo without an address', { photos: [{ type: 'photo', value: '' }] }, ['photos']],
  ['entra: the manager as an empty text', { [ENTERPRISE]: { manager: '' } }, [`${ENTERPRISE}:manager`]],
  ['generic: the manager as a space', { [ENTERPRISE]: { manager: ' ' } }, [`${ENTERPRISE}:manager`]],
  [
    'entra: the manager as an object',
    { [ENTERPRISE]: { manager: { value: '' } } },
    [`${ENTERPRISE}:manager`],
  ],
  [
    'okta: a manager with a space',
    { [ENTERPRISE]: { manager: { value: ' ', displayName: '' } } },
    [`${ENTERPRISE}:manager`],
  ],
  [
    'onelogin: a manager of SCIM 1.1',
    { [ENTERPRISE]: { manager: { managerId: '' } } },
    [`${ENTERPRISE}:manager`],
  ],
  ['entra: a manager in a list', { [ENTERPRISE]: { manager: [{ value: '' }] } }, [`${ENTERPRISE}:manager`]],
  ['generic: a manager that is an empty list', { [ENTERPRISE]: { manager: [] } }, [`${ENTERPRISE}:manager`]],
  [
    'generic: some of the extension',
    { [ENTERPRISE]: { department: '', costCenter: ' ' } },
    [`${ENTERPRISE}:department`, `${ENTERPRISE}:costCenter`],
  ],
  ['generic: a number without digits', { [CUSTOM]: { level: '' } }, [`${CUSTOM}:level`]],
  ['generic: a number of a space', { [CUSTOM]: { level: ' ' } }, [`${CUSTOM}:level`]],
  ['generic: a time without a time', { [CUSTOM]: { hired: ' ' } }, [`${CUSTOM}:hired`]],
  ['generic: a truth without one', { [CUSTOM]: { vip: ' ' } }, [`${CUSTOM}:vip`]],
  ['generic: a list of empty texts', { [CUSTOM]: { assurance: ['', ' '] } }, [`${CUSTOM}:assurance`]],
]

const WHOLE_EXTENSIONS: readonly (readonly [string, unknown])[] = [
  ['an empty text', ''],
  ['a space', ' '],
  ['null', null],
  ['an empty list', []],
  ['a list with an empty object', [{}]],
]

function valueAt(user: Record<string, unknown>, name: string): unknown {
  const colon = name.lastIndexOf(':')
  if (colon === -1) return user[name]
  return (user[name.slice(0, colon)] as Record<string, unknown> | undefined)?.[name.slice(colon + 1)]
}

/** An operation for each attribute, of an extension with its URN. */
function operationsOf(op: string, sent: object): object[] {
  return Object.entries(sent).flatMap(([name, value]) =>
    name.includes(':')
      ? Object.entries(value as object).map(([inner, each]) => ({
          op,
          path: `${name}:${inner}`,
          value: each,
        }))
      : [{ op, path: name, value }],
  )
}

async function created(body: object) {
  const { status, text, json } = await idp.post('/Users', { schemas: [USER], userName: unique(), ...body })
  expect(status, text).toBe(201)
  return json
}

/** Nothing of the attributes is left, and everything else is as it was. */
function expectGone(user: Record<string, unknown>, gone: readonly string[], before: Record<string, unknown>) {
  for (const name of gone) expect(valueAt(user, name), name).toBeUndefined()
  const roots = new Set(
    gone.map((name) => (name.includes(':') ? name.slice(0, name.lastIndexOf(':')) : name)),
  )
  for (const name of Object.keys(FULL)) if (!roots.has(name)) expect(user[name], name).toEqual(before[name])
}

test.each(BLANKS)('%s is no value', async (_, sent, gone) => {
  const fresh = await created(sent)
  for (const name of gone) expect(valueAt(fresh, name), name).toBeUndefined()
  expect(fresh.schemas).toEqual([USER])

  const full = await created(FULL)
  const replaced = await idp.put(`/Users/${full.id}`, { ...FULL, ...merged(sent), userName: full.userName })
  expect(replaced.status, replaced.text).toBe(200)
  expectGone(replaced.json, gone, full)

  for (const operations of [operationsOf('replace', sent), [{ op: 'Replace', value: sent }]]) {
    const before = await created(FULL)
    const { status, text, json } = await idp.patch(`/Users/${before.id}`, patchOf(...operations))
    expect(status, text).toBe(200)
    expectGone(json, gone, before)
  }
})

/** Other attributes of an extension stay as they are in the full user. */
function merged(sent: object): object {
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [
      name,
      name.includes(':') ? { ...(FULL as unknown as Record<string, object>)[name], ...value } : value,
    ]),
  )
}

test.each(BLANKS)('%s adds nothing', async (_, sent) => {
  const { id, meta: _meta, ...bare } = await created({})
  const operations = [...operationsOf('add', sent), { op: 'add', path: 'userType', value: 'kept' }]
  const { status, text, json } = await idp.patch(`/Users/${id}`, patchOf(...operations))
  expect(status, text).toBe(200)
  expect(json).toMatchObject({ ...bare, userType: 'kept' })
  expect(Object.keys(json).toSorted()).toEqual([...Object.keys(bare), 'id', 'meta', 'userType'].toSorted())
})

test.each(WHOLE_EXTENSIONS)('a whole extension that is %s is none', async (_, value) => {
  expect((await created({ [ENTERPRISE]: value }))[ENTERPRISE]).toBeUndefined()
  const full = await created(FULL)
  const body = { ...FULL, userName: full.userName, [ENTERPRISE]: value }
  expect((await idp.put(`/Users/${full.id}`, body)).json[ENTERPRISE]).toBeUndefined()
  for (const operation of [
    { op: 'replace', path: ENTERPRISE, value },
    { op: 'replace', value: { [ENTERPRISE]: value } },
  ]) {
    const { id } = await created(FULL)
    const { status, json, text } = await idp.patch(`/Users/${id}`, patchOf(operation))
    expect(status, text).toBe(200)
    expect([json[ENTERPRISE], json.title, json.schemas.includes(ENTERPRISE)]).toEqual([
      undefined,
      'Keel',
      false,
    ])
  }
  const { id } = await created(FULL)
  const added = await idp.patch(`/Users/${id}`, patchOf({ op: 'add', path: ENTERPRISE, value }))
  expect([added.status, added.json[ENTERPRISE]?.department]).toEqual([200, 'Dock'])
})

test('an extension in a list of one is the extension', async () => {
  const made = await created({ [ENTERPRISE]: [{ department: 'Dock' }] })
  expect(made[ENTERPRISE]).toEqual({ department: 'Dock' })
  const patch = patchOf({ op: 'replace', path: ENTERPRISE, value: [{ department: 'Mast' }] })
  expect((await idp.patch(`/Users/${made.id}`, patch)).json[ENTERPRISE]).toEqual({ department: 'Mast' })
})

test.each(['', ' ', null, [], [''], [null], { value: '' }])(
  'active as %j neither activates nor deactivates',
  async (active) => {
    for (const now of [true, false]) {
      const { id, userName } = await created({ active: now })
      const replaced = await idp.put(`/Users/${id}`, { userName, active })
      const patched = await idp.patch(
        `/Users/${id}`,
        patchOf({ op: 'replace', path: 'active', value: active }),
      )
      const pathless = await idp.patch(`/Users/${id}`, patchOf({ op: 'replace', value: { active } }))
      expect([replaced.json.active, patched.json.active, pathless.json.active]).toEqual([now, now, now])
    }
  },
)

test.each(['$user.active', '{$user.active}', '%{active}', '{{user.active}}', {}, 'yes', '-'])(
  'active as %j is refused by its name, and changes nothing',
  async (active) => {
    const { id, userName } = await created({ active: false })
    for (const refused of [
      await idp.post('/Users', { userName: unique(), active }),
      await idp.put(`/Users/${id}`, { userName, active }),
      await idp.patch(`/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: active })),
    ])
      expect([refused.status, refused.json.detail]).toEqual([400, expect.stringContaining('active')])
    expect((await idp.get(`/Users/${id}`)).json.active).toBe(false)
  },
)

test.each([
  ['title', '$user.title'],
  ['displayName', '{$user.firstname} {$user.lastname}'],
  ['profileUrl', '%{user.url}'],
  ['phoneNumbers', [{ type: 'work', value: '{{user.phone}}' }]],
  ['emails', [{ type: 'work', value: '$user.email' }]],
  [ENTERPRISE, { manager: { value: '$user.manager' } }],
])('a macro that nobody filled in is kept as a text: %s', async (name, value) => {
  const { id, ...made } = await created({ [name]: value })
  expect(made[name]).toEqual(value)
  const patched = await idp.patch(`/Users/${id}`, patchOf({ op: 'replace', value: { [name]: value } }))
  expect([patched.status, patched.json[name]]).toEqual([200, value])
})

test.each(['', ' ', null, [], {}])('userName as %j is refused by its name', async (userName) => {
  const { id, ...made } = await created({})
  for (const refused of [
    await idp.post('/Users', { userName }),
    await idp.put(`/Users/${id}`, { userName }),
    await idp.patch(`/Users/${id}`, patchOf({ op: 'replace', path: 'userName', value: userName })),
  ])
    expect([refused.status, refused.json.detail]).toEqual([400, expect.stringContaining('userName')])
  expect((await idp.get(`/Users/${id}`)).json.userName).toBe(made.userName)
})

test('elements with a value stay beside empty ones', async () => {
  const emails = [
    { value: '', type: 'home', primary: true },
    { value: 'w@x.example', type: 'work', primary: '' },
  ]
  const expected = [{ value: 'w@x.example', type: 'work' }]
  const made = await created({ emails })
  expect(made.emails).toEqual(expected)
  const { json } = await idp.patch(
    `/Users/${made.id}`,
    patchOf({ op: 'replace', path: 'emails', value: emails }),
  )
  expect(json.emails).toEqual(expected)
  expect((await created({ emails: [{ type: 'work', primary: true }] })).emails).toHaveLength(1)
})

test.each(['', ' ', null])(
  'an element that is selected by a filter goes with its value %j',
  async (value) => {
    for (const [path, name] of [
      ['emails[type eq "work"].value', 'emails'],
      ['addresses[type eq "work"].locality', 'addresses'],
      ['phoneNumbers[type eq "mobile"]', 'phoneNumbers'],
      ['phoneNumbers[type eq "other"].value', undefined],
    ] as const) {
      const before = await created(FULL)
      const { status, json } = await idp.patch(`/Users/${before.id}`, patchOf({ op: 'replace', path, value }))
      expect([status, path, json]).toMatchObject([200, path, { title: 'Keel' }])
      expectGone(json, name ? [name] : [], before)
    }
  },
)

test.each([
  ['groups', []],
  ['groups', ''],
  ['groups', [{}]],
  ['meta', {}],
  ['id', ''],
])('what the server writes may be sent without a value: %s as %j', async (path, value) => {
  const { id } = await created({})
  const title = { op: 'replace', path: 'title', value: 'Keel' }
  for (const op of ['add', 'replace']) {
    const { status, json } = await idp.patch(`/Users/${id}`, patchOf({ op, path, value }, title))
    expect([status, json.title, json.id]).toEqual([200, 'Keel', id])
    expect((await strict.patch(`/Users/${id}`, patchOf({ op, path, value }))).status).toBeGreaterThanOrEqual(
      400,
    )
  }
})

const MEMBERS: readonly (readonly [string, unknown])[] = [
  ['an empty text', ''],
  ['an empty object', {}],
  ['a list with an empty text', ['']],
  ['a list with an empty object', [{}]],
  ['a member without a value', [{ value: '' }]],
  ['a member that is null', [{ value: null, display: '' }]],
]

test.each(MEMBERS)('members as %s name nobody: none is added, and none is removed', async (_, value) => {
  const { id: member } = await created({})
  const group = async () =>
    (await idp.post('/Groups', { schemas: [GROUP], displayName: unique(), members: [{ value: member }] }))
      .json.id
  const membersOf = async (id: string) =>
    (await idp.get(`/Groups/${id}`)).json.members.map((each: { value: string }) => each.value)
  for (const op of ['add', 'remove']) {
    const id = await group()
    expect((await idp.patch(`/Groups/${id}`, patchOf({ op, path: 'members', value }))).status).toBe(204)
    expect(await membersOf(id)).toEqual([member])
  }
  const made = await idp.post('/Groups', { schemas: [GROUP], displayName: unique(), members: value })
  expect([made.status, made.json.members ?? []]).toEqual([201, []])
  const id = await group()
  expect((await idp.patch(`/Groups/${id}`, patchOf({ op: 'replace', path: 'members', value }))).status).toBe(
    204,
  )
  expect(await membersOf(id)).toEqual([])
})

test('two users without an externalId do not collide where externalIds are unique', async () => {
  const own = await house.identityProvider()
  const admin = await house.administrator(own.tenantId)
  await admin.patch(`/identity-providers/${own.id}`, { uniqueExternalIds: true })
  for (const externalId of ['', '', ' ', ' ', null, {}])
    expect((await own.post('/Users', { userName: unique(), externalId })).status).toBe(201)
})

test.each([
  ['an empty object for a text', { title: {} }],
  ['a list for a text', { title: ['x'] }],
  ['an empty text for an extension', { [ENTERPRISE]: '' }],
])('strict mode refuses %s', async (_, sent) => {
  const refused = await strict.post('/Users', { schemas: [USER, ENTERPRISE], userName: unique(), ...sent })
  expect(refused).toMatchObject({ status: 400, json: { scimType: 'invalidValue' } })
})
