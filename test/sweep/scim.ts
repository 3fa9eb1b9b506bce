// Provisioning: every attribute of every message, every parameter of every question.
import type { Case, Cases, Valid } from './case.ts'
import { type Fixture, lazily } from './fixture.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
const USER = `${CORE}User`
const GROUP = `${CORE}Group`
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'
const SCIM = 'application/scim+json'
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** All attributes that a client may write; the sweep's test compares them with what `/Schemas` says. */
export function fullUser(userName: string): Record<string, unknown> {
  const value = { value: 'a@b.example', display: 'A', type: 'work', primary: true }
  return {
    schemas: [USER, ENTERPRISE],
    userName,
    externalId: `${userName}-x`,
    name: {
      formatted: 'A B',
      familyName: 'B',
      givenName: 'A',
      middleName: 'M',
      honorificPrefix: 'P',
      honorificSuffix: 'S',
    },
    displayName: 'A B',
    nickName: 'N',
    profileUrl: 'https://a.example/a',
    title: 'T',
    userType: 'Employee',
    preferredLanguage: 'en',
    locale: 'en-US',
    timezone: 'Asia/Tokyo',
    active: true,
    password: 'four words that rhyme',
    emails: [value],
    phoneNumbers: [value],
    ims: [value],
    photos: [{ ...value, value: 'https://a.example/p' }],
    addresses: [
      {
        formatted: 'F',
        streetAddress: 'S',
        locality: 'L',
        region: 'R',
        postalCode: '1',
        country: 'JP',
        type: 'work',
        primary: true,
      },
    ],
    entitlements: [value],
    roles: [value],
    x509Certificates: [{ ...value, value: 'TUlJ' }],
    [ENTERPRISE]: {
      employeeNumber: '1',
      costCenter: 'C',
      organization: 'O',
      division: 'D',
      department: 'E',
      manager: { value: 'm', displayName: 'M', $ref: 'https://a.example/m' },
    },
  }
}

export function scimCases(at: Fixture): Cases {
  const { saml, unique } = at
  const door = (valid: Valid = {}): Valid => ({
    ...valid,
    type: SCIM,
    params: { idpId: saml.id, ...valid.params },
  })
  const user = lazily(() => at.user(saml, fullUser(unique('scim'))))
  const group = lazily(async () => at.group(saml, [await user()]))
  const projection = { attributes: 'userName,displayName' }
  const list = (filter: string, sortBy: string) => ({
    filter,
    sortBy,
    sortOrder: 'ascending',
    startIndex: 1,
    count: 5,
    attributes: projection.attributes,
  })
  const search = (filter: string, sortBy: string) => ({
    schemas: [`${MESSAGES}SearchRequest`],
    ...list(filter, sortBy),
    attributes: ['displayName'],
  })
  const patch = (...Operations: object[]) => ({ schemas: [`${MESSAGES}PatchOp`], Operations })
  const cursor = async (path: string, sortBy: string) => {
    const { nextCursor } = (await saml.get(`${path}?cursor=&count=1&sortBy=${sortBy}`)).json
    return nextCursor as string
  }
  const newGroup = async () => ({
    schemas: [GROUP],
    displayName: unique('group'),
    externalId: unique('group'),
    members: [{ value: await user(), display: 'A', type: 'User', $ref: 'https://a.example/u' }],
  })
  const bulk = async () => ({
    schemas: [`${MESSAGES}BulkRequest`],
    failOnErrors: 5,
    Operations: [
      {
        method: 'POST',
        path: '/Users',
        bulkId: 'a',
        version: 'W/"1"',
        data: { schemas: [USER], userName: unique('bulk') },
      },
    ],
  })
  const patches = (id: () => Promise<string>, bodies: readonly object[]): Case[] =>
    bodies.map((body) => ({
      status: 200,
      valid: async () =>
        door({
          params: { id: await id() },
          query: { attributes: 'id' },
          headers: { 'if-match': '*' },
          json: body,
        }),
    }))

  const cases: Record<string, Case | Case[]> = {
    'GET /Users': [
      { status: 200, valid: () => door({ query: list('userName sw "scim"', 'userName') }) },
      {
        status: 200,
        valid: async () =>
          door({ query: { cursor: await cursor('/Users', 'displayName'), count: 1, sortBy: 'displayName' } }),
        optional: { headers: { authorization: '', host: '', 'user-agent': '', 'x-forwarded-for': '' } },
      },
    ],
    'POST /Users': {
      status: 201,
      valid: () => door({ query: projection, json: fullUser(unique('scim')) }),
      optional: {
        query: { excludedAttributes: '' },
        headers: { 'content-type': '', 'content-encoding': '', authorization: '' },
      },
    },
    'POST /Users/.search': { status: 200, valid: () => door({ json: search('userName pr', 'userName') }) },
    'GET /Users/:id': {
      status: 200,
      valid: async () => door({ params: { id: await user() }, query: projection }),
      optional: { query: { excludedAttributes: '' }, headers: { 'if-none-match': '' } },
    },
    'PUT /Users/:id': {
      status: 200,
      valid: async () =>
        door({ params: { id: await user() }, headers: { 'if-match': '*' }, json: fullUser('scim-put') }),
    },
    'PATCH /Users/:id': patches(user, [
      patch(
        { op: 'add', path: 'emails[type eq "work"].value', value: 'b@b.example' },
        { op: 'replace', path: 'name.familyName', value: 'C' },
      ),
      patch({
        op: 'replace',
        value: { displayName: 'D', [`${ENTERPRISE}:manager`]: 'x', 'name.givenName': 'E' },
      }),
      patch({ op: 'remove', path: 'nickName' }),
    ]),
    'DELETE /Users/:id': {
      status: 204,
      valid: async () => door({ params: { id: await at.user() }, headers: { 'if-match': '*' } }),
    },
    'GET /Groups': [
      { status: 200, valid: () => door({ query: list('displayName sw "group"', 'displayName') }) },
      {
        status: 200,
        valid: async () => {
          await group()
          await at.group()
          const sortBy = 'meta.lastModified'
          return door({ query: { cursor: await cursor('/Groups', sortBy), count: 1, sortBy } })
        },
      },
    ],
    'POST /Groups': { status: 201, valid: async () => door({ query: projection, json: await newGroup() }) },
    'POST /Groups/.search': {
      status: 200,
      valid: () => door({ json: search('displayName pr', 'displayName') }),
    },
    'GET /Groups/:id': {
      status: 200,
      valid: async () => door({ params: { id: await group() }, query: projection }),
      optional: { headers: { 'if-none-match': '' } },
    },
    'PUT /Groups/:id': {
      status: 200,
      valid: async () =>
        door({ params: { id: await group() }, headers: { 'if-match': '*' }, json: await newGroup() }),
    },
    'PATCH /Groups/:id': {
      status: 200,
      valid: async () =>
        door({
          params: { id: await group() },
          query: { attributes: 'id' },
          headers: { 'if-match': '*' },
          json: patch({ op: 'add', path: 'members', value: [{ value: await user(), type: 'User' }] }),
        }),
    },
    'DELETE /Groups/:id': {
      status: 204,
      valid: async () => door({ params: { id: await at.group() }, headers: { 'if-match': '*' } }),
    },
    'POST /.search': { status: 200, valid: () => door({ json: search('meta.created pr', 'displayName') }) },
    'POST /Bulk': { status: 200, valid: async () => door({ json: await bulk() }) },
    'GET /ServiceProviderConfig': { status: 200, valid: () => door() },
    'GET /Schemas': { status: 200, valid: () => door() },
    'GET /Schemas/:id': { status: 200, valid: () => door({ params: { id: USER } }) },
    'GET /ResourceTypes': { status: 200, valid: () => door() },
    'GET /ResourceTypes/:id': { status: 200, valid: () => door({ params: { id: 'User' } }) },
    'GET /Me': { status: 501, valid: () => door() },
  }
  return Object.fromEntries(
    Object.entries(withRefusedMethods(cases, door)).map(([name, one]) => [
      name.replace(' /', ' /scim/v2/:idpId/'),
      one,
    ]),
  )
}

/** Each path knows some methods, and refuses all others. */
function withRefusedMethods(cases: Record<string, Case | Case[]>, door: (valid?: Valid) => Valid) {
  const paths = [...new Set(Object.keys(cases).map((name) => name.split(' ')[1] ?? ''))]
  const refused = paths.flatMap((path) =>
    METHODS.filter((method) => !(`${method} ${path}` in cases)).map((method): [string, Case] => [
      `${method} ${path}`,
      { status: 405, valid: () => door(path.includes(':id') ? { params: { id: 'x' } } : {}) },
    ]),
  )
  return { ...cases, ...Object.fromEntries(refused) }
}
