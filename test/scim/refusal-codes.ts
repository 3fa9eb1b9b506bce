// One request for each code of the catalogue of refusals: what provokes it through the door.
import { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { vi } from 'vitest'
import { Busy, DataRefused, TooCostly, Unavailable } from '#errors.ts'
import { declareSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { type Database, type Scope, SYSTEM } from '#platform/database/database.ts'
import { StaleScope } from '#platform/database/errors.ts'
import { type Sql, textOf } from '#platform/database/sql.ts'
import type { RefusalCode } from '#protocol/scim/refusals/refusals.ts'
import type { House, ProvidedIdp } from '#test/harness.ts'
import type { RawResponse } from '#test/raw-http.ts'
import { type Attempt, ask, GROUP, PATCH_OP, patchOf, USER } from './refusal.ts'

/** What happens to the next statements of a request; the request log goes on. */
export interface Fault {
  happen: ((statement: Sql | undefined) => void) | undefined
}

export function faulty(db: Database, fault: Fault): Database {
  const guard = (scope: Scope, statement?: Sql) => {
    if (scope !== SYSTEM) fault.happen?.(statement)
  }
  return {
    ...db,
    run: async (scope, statement) => {
      guard(scope, statement)
      return db.run(scope, statement)
    },
    read: async (scope, statement) => {
      guard(scope, statement)
      return db.read(scope, statement)
    },
    transaction: async (scope, work) => {
      guard(scope)
      return db.transaction(scope, work)
    },
  }
}

export interface Scene {
  readonly house: House
  /** The same service, which takes few requests a second. */
  readonly slow: House
  readonly fault: Fault
  /** Read leniently; its values must be unique. */
  readonly idp: ProvidedIdp
  readonly strict: ProvidedIdp
  readonly userId: string
  readonly strictUserId: string
  readonly groupId: string
  passTime(seconds: number): void
}

export interface Provoked {
  readonly answer: Pick<RawResponse, 'status' | 'text'>
  /** Of the identity provider whose log has it; undefined: it never reached the log. */
  readonly idp: ProvidedIdp | undefined
  /** It is the refusal of an operation of a bulk request. */
  readonly isPart?: boolean
}

type Provoke = (scene: Scene) => Promise<Provoked>

const STAFF = 'urn:example:params:scim:schemas:1.0:Crew'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

const lenient =
  (attempt: Attempt | ((scene: Scene) => Attempt)): Provoke =>
  async (scene) => ({
    answer: await ask(scene.idp, typeof attempt === 'function' ? attempt(scene) : attempt),
    idp: scene.idp,
  })
const strictly =
  (attempt: Attempt | ((scene: Scene) => Attempt)): Provoke =>
  async (scene) => ({
    answer: await ask(scene.strict, typeof attempt === 'function' ? attempt(scene) : attempt),
    idp: scene.strict,
  })
const filter = (text: string) => lenient({ path: `/Users?filter=${encodeURIComponent(text)}` })
const query = (text: string) => lenient({ path: `/Users?${text}` })
const patchUser = (...operations: unknown[]) =>
  lenient(({ userId }) => ({ method: 'PATCH', path: `/Users/${userId}`, body: patchOf(...operations) }))
const patchStrictUser = (...operations: unknown[]) =>
  strictly(({ strictUserId }) => ({
    method: 'PATCH',
    path: `/Users/${strictUserId}`,
    body: patchOf(...operations),
  }))
const patchGroup = (...operations: unknown[]) =>
  lenient(({ groupId }) => ({ method: 'PATCH', path: `/Groups/${groupId}`, body: patchOf(...operations) }))
const post = (body: unknown) => lenient({ path: '/Users', body })
const bulk = (body: object) => lenient({ path: '/Bulk', body: { schemas: [BULK], ...body } })
const bulkPart =
  (...Operations: object[]): Provoke =>
  async (scene) => ({ ...(await bulk({ Operations })(scene)), isPart: true })

/** Lets every statement of one request fail. */
const failing =
  (error: () => Error, provoke: Provoke): Provoke =>
  async (scene) => {
    scene.fault.happen = () => {
      throw error()
    }
    try {
      return await provoke(scene)
    } finally {
      scene.fault.happen = undefined
    }
  }

/** Bytes as they are, on a connection of their own. */
async function talk(scene: Scene, bytes: string): Promise<Provoked> {
  const { hostname, port } = new URL(scene.house.url)
  const socket = new Socket()
  let received = ''
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('close', () => resolve())
    socket.on('error', reject)
    socket.connect(Number(port), hostname, () => socket.write(bytes))
  })
  const [head = '', text = ''] = received.split('\r\n\r\n')
  return { answer: { status: Number(head.split(' ')[1]), text }, idp: undefined }
}

const LIST = { schemas: [USER], userName: 'list', emails: emails(900) }
function emails(count: number) {
  return Array.from({ length: count }, (_, n) => ({ value: `e${n}@example.com`, type: `t${n}` }))
}

let names = 0
const fresh = (word: string) => `${word}-${++names}`

async function created(idp: ProvidedIdp, path: string, body: object): Promise<string> {
  const { status, json, text } = await idp.post(path, body)
  if (status !== 201) throw new Error(`${path}: ${status} ${text}`)
  return json.id
}

async function withCursor(scene: Scene, then: (cursor: string) => string): Promise<Provoked> {
  await created(scene.idp, '/Users', { userName: fresh('page') })
  const first = await scene.idp.get('/Users?count=1&cursor=')
  return query(then(encodeURIComponent(first.json.nextCursor)))(scene)
}

async function withCredentials(scene: Scene, make: (idp: ProvidedIdp) => Promise<void>): Promise<Provoked> {
  const idp = await scene.house.identityProvider()
  await make(idp)
  return { answer: await ask(idp, { path: '/Users' }), idp }
}

async function taken(scene: Scene, path: string, attribute: string): Promise<Provoked> {
  const value = fresh('taken')
  const schemas = [path === '/Users' ? USER : GROUP]
  const name = path === '/Users' ? 'userName' : 'displayName'
  const body = () => ({ schemas, [name]: fresh('holder'), [attribute]: value })
  await created(scene.idp, path, body())
  return { answer: await ask(scene.idp, { path, body: body() }), idp: scene.idp }
}

const OTHER_ID = '0199f0a0-0000-7000-8000-000000000001'
const SECOND = { path: 'title', op: 'replace', value: 'x' }

export const PROVOKE: { readonly [Code in RefusalCode]: Provoke } = {
  // At the door.
  'http-malformed': (scene) => talk(scene, 'GET /scim/v2/x HTTP/1.1\r\nno header\r\n\r\n'),
  // Waiting for it takes half a minute, so that its moment is brought about.
  'http-timeout': async (scene) => {
    const server = scene.house.server.server
    server.once('connection', (socket) =>
      socket.once('data', () => {
        const error = Object.assign(new Error('late'), {
          code: 'ERR_HTTP_REQUEST_TIMEOUT',
          rawPacket: Buffer.from('GET /scim/v2/x HTTP/1.1\r\n'),
        })
        server.emit('clientError', error, socket)
      }),
    )
    return talk(scene, 'GET /scim/v2/x HTTP/1.1\r\n')
  },
  'headers-too-large': (scene) =>
    talk(scene, `GET /scim/v2/x HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(70_000)}\r\n\r\n`),
  'address-malformed': async (scene) => ({
    answer: await ask(scene.idp, { path: '/Users/%zz' }),
    idp: undefined,
  }),
  'address-too-long': async (scene) => ({
    answer: await ask(scene.idp, { path: `/Users/${'x'.repeat(501)}` }),
    idp: undefined,
  }),
  'address-unstorable': lenient({ path: '/Users/%00' }),
  'filter-unstorable': query('filter=%00'),
  'endpoint-unknown': lenient({ path: '/Nothing' }),
  'method-not-allowed': lenient({ method: 'DELETE', path: '/Users' }),
  'not-implemented': lenient({ path: '/Me' }),
  'credentials-missing': async ({ house }) => {
    const idp = await house.identityProvider()
    return { answer: await ask(idp, { path: '/Users', headers: { Authorization: '' } }), idp }
  },
  'credentials-invalid': async ({ house }) => {
    const idp = await house.identityProvider()
    return { answer: await ask({ ...idp, token: 'nonsense' }, { path: '/Users' }), idp }
  },
  'credentials-retired': (scene) => withCredentials(scene, (idp) => scene.house.retireCredential(idp)),
  'credentials-expired': (scene) => withCredentials(scene, (idp) => scene.house.expireCredential(idp)),
  'credentials-of-another': async ({ house, strict }) => {
    const idp = await house.identityProvider()
    return { answer: await ask({ ...idp, token: strict.token }, { path: '/Users' }), idp }
  },
  'idp-disabled': (scene) =>
    withCredentials(scene, async (idp) => {
      const admin = await scene.house.administrator(idp.tenantId)
      const { status, text } = await admin.patch(`/identity-providers/${idp.id}`, { enabled: false })
      if (status !== 200) throw new Error(text)
    }),
  'provisioning-off': async ({ house }) => {
    const idp = await house.identityProvider({ autoProvisioning: false })
    return { answer: await ask(idp, { path: '/Users' }), idp }
  },
  'too-many-requests': async ({ slow }) => {
    const idp = await slow.identityProvider()
    let answer: RawResponse
    do answer = await ask(idp, { path: '/ServiceProviderConfig' })
    while (answer.status === 200)
    return { answer, idp }
  },
  'idp-changing': failing(() => new StaleScope('changed'), query('count=1')),
  busy: failing(() => new Busy('full'), query('count=1')),
  'database-unavailable': failing(() => new Unavailable('away'), query('count=1')),
  'took-too-long': failing(() => new TooCostly('slow'), patchUser(SECOND)),
  internal: failing(() => new TypeError('a defect'), query('count=1')),

  // Bodies.
  'body-missing': lenient({ method: 'POST', path: '/Users' }),
  'body-not-utf8': lenient({ path: '/Users', body: new Uint8Array([0x22, 0xff, 0x22]) }),
  'body-not-json': lenient({ path: '/Users', body: '{' }),
  'body-not-object': lenient({ path: '/Users', body: '[]' }),
  'body-too-deep': lenient({ path: '/Users', body: '['.repeat(70) + ']'.repeat(70) }),
  'body-forbidden-name': lenient({ path: '/Users', body: '{"userName":"x","__proto__":1}' }),
  'text-unstorable': lenient({ path: '/Users', body: '{"userName":"x\\u0000"}' }),
  'body-too-large': lenient({ path: '/Users', body: JSON.stringify({ userName: 'x'.repeat(1_100_000) }) }),
  'encoding-unsupported': lenient({ path: '/Users', body: '{}', headers: { 'Content-Encoding': 'gzip' } }),
  'media-type-unsupported': lenient({
    path: '/Users',
    body: '{}',
    headers: { 'Content-Type': 'text/plain' },
  }),
  'message-schema-missing': strictly(({ strictUserId }) => ({
    method: 'PATCH',
    path: `/Users/${strictUserId}`,
    body: { Operations: [SECOND] },
  })),
  'message-part-wrong': lenient(({ userId }) => ({
    method: 'PATCH',
    path: `/Users/${userId}`,
    body: { schemas: [PATCH_OP], Operations: {} },
  })),
  'patch-too-long': patchUser(...Array.from({ length: 1_001 }, () => SECOND)),

  // Values.
  'value-wrong': post({ userName: 'x', emails: { value: { deep: 1 } } }),
  'value-missing': post({ displayName: 'nameless' }),
  'value-unstorable': failing(() => new DataRefused('22021'), patchUser(SECOND)),
  'schemas-without-core': strictly({ path: '/Users', body: { schemas: ['urn:x'], userName: 'x' } }),
  'schema-unknown': strictly({ path: '/Users', body: { schemas: [USER, 'urn:x'], userName: 'x' } }),
  'attribute-unknown': strictly({ path: '/Users', body: { schemas: [USER], userName: 'x', shoeSize: 4 } }),
  'attribute-read-only': patchUser({ op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' }),
  'attribute-immutable': async (scene) => {
    const idp = await scene.house.identityProvider()
    await declareSchema(scene.house.db, idp.operator, idp.id, 'User', {
      id: STAFF,
      name: 'Crew',
      description: 'Who works here.',
      attributes: [{ name: 'since', mutability: 'immutable' }],
    })
    const id = await created(idp, '/Users', {
      schemas: [USER, STAFF],
      userName: 'x',
      [STAFF]: { since: '2020' },
    })
    const body = patchOf({ op: 'replace', path: `${STAFF}:since`, value: '2021' })
    return { answer: await ask(idp, { method: 'PATCH', path: `/Users/${id}`, body }), idp }
  },
  'attribute-not-removable': patchUser({ op: 'remove', path: 'userName' }),

  // Operations of a PATCH, and members.
  'operation-without-value': patchUser({ op: 'add', path: 'title' }),
  'operation-without-path': patchStrictUser({ op: 'add', value: { title: 'x' } }),
  'remove-without-path': patchUser({ op: 'remove' }),
  'operation-value-not-object': patchUser({ op: 'add', value: 'x' }),
  'path-malformed': patchUser({ op: 'add', path: 'emails[', value: 'x' }),
  'path-filter-wrong': patchUser({ op: 'replace', path: 'emails[typ eq "work"].value', value: 'x' }),
  'filter-selects-nothing': patchUser({ op: 'replace', path: 'emails[type co "none"].value', value: 'x' }),
  'filter-selects-many': patchStrictUser({ op: 'replace', path: 'emails[type pr].display', value: 'x' }),
  'patch-too-costly': async (scene) => {
    const id = await created(scene.idp, '/Users', LIST)
    const one = { op: 'replace', path: 'emails[value eq "e1@example.com"].display', value: 'x' }
    const body = patchOf(...Array.from({ length: 300 }, () => one))
    return {
      answer: await ask(scene.idp, { method: 'PATCH', path: `/Users/${id}`, body }),
      idp: scene.idp,
    }
  },
  'member-without-id': patchGroup({ op: 'add', path: 'members', value: [{ display: 'x' }] }),
  'member-unknown': patchGroup({ op: 'add', path: 'members', value: [{ value: OTHER_ID }] }),
  'members-filter-unsupported': async (scene) => {
    const id = await created(scene.strict, '/Groups', { schemas: [GROUP], displayName: fresh('group') })
    const body = patchOf({ op: 'remove', path: 'members[display eq "x"]' })
    return {
      answer: await ask(scene.strict, { method: 'PATCH', path: `/Groups/${id}`, body }),
      idp: scene.strict,
    }
  },
  'members-filter-too-costly': failing(
    () => new TooCostly('slow'),
    patchGroup({ op: 'remove', path: 'members[display co "x"]' }),
  ),
  'members-path-unsupported': patchGroup({
    op: 'replace',
    path: `members[value eq "${OTHER_ID}"].display`,
    value: 'x',
  }),

  // Queries.
  'filter-too-large': filter(Array.from({ length: 201 }, (_, n) => `title eq "${n}"`).join(' or ')),
  'filter-syntax': filter('userName eq'),
  'filter-attribute-unknown': filter('hat eq "x"'),
  'filter-attribute-secret': filter('password eq "x"'),
  'filter-attribute-complex': filter('name eq "x"'),
  'filter-brackets': filter('userName[type eq "x"]'),
  'filter-operator-unknown': filter('userName is "x"'),
  'filter-operator-unfit': filter('active gt true'),
  'filter-value-unfit': filter('active eq "x"'),
  'parameter-not-integer': query('startIndex=abc'),
  'parameter-repeated': query('count=1&count=2'),
  'filter-repeated': query('filter=active%20pr&filter=title%20pr'),
  'count-out-of-range': query('cursor=&count=999999'),
  'sort-unknown': query('sortBy=hat'),
  'sort-impossible': query('sortBy=name'),
  'sort-order-unknown': query('sortOrder=sideways'),
  'sort-value-too-long': async (scene) => {
    const idp = await scene.house.identityProvider()
    for (const userName of ['a', 'b']) await created(idp, '/Users', { userName, title: 'x'.repeat(2_000) })
    return { answer: await ask(idp, { path: '/Users?sortBy=title&count=1&cursor=' }), idp }
  },
  'attributes-both': query('attributes=title&excludedAttributes=name'),
  'attributes-too-long': query(`attributes=${'x'.repeat(8_193)}`),
  'cursor-unknown': query('cursor=nonsense'),
  'cursor-expired': (scene) =>
    withCursor(scene, (cursor) => {
      scene.passTime(3_700)
      return `count=1&cursor=${cursor}`
    }),
  'cursor-other-count': (scene) => withCursor(scene, (cursor) => `count=2&cursor=${cursor}`),
  'discovery-filter': lenient({ path: '/Schemas?filter=id%20pr' }),
  'query-too-costly': failing(() => new TooCostly('slow'), filter('title co "x"')),

  // Resources.
  'user-not-found': lenient({ method: 'DELETE', path: `/Users/${OTHER_ID}` }),
  'group-not-found': lenient({ method: 'DELETE', path: `/Groups/${OTHER_ID}` }),
  'document-not-found': lenient({ path: '/Schemas/urn:nothing' }),
  'user-name-taken': (scene) => taken(scene, '/Users', 'userName'),
  'external-id-taken': (scene) => taken(scene, '/Users', 'externalId'),
  'group-external-id-taken': (scene) => taken(scene, '/Groups', 'externalId'),
  'group-name-taken': (scene) => taken(scene, '/Groups', 'displayName'),
  'entity-tag-malformed': lenient(({ userId }) => ({
    method: 'DELETE',
    path: `/Users/${userId}`,
    headers: { 'If-Match': 'seven' },
  })),
  'version-changed': lenient(({ userId }) => ({
    method: 'DELETE',
    path: `/Users/${userId}`,
    headers: { 'If-Match': 'W/"99"' },
  })),
  // Each time that it is written somebody has the name, and each time that it is looked for nobody has it.
  'user-name-in-motion': async (scene) => {
    scene.fault.happen = (statement) => {
      if (!statement || !textOf(statement).includes('insert into directory_user')) return
      const refused = Object.assign(new pg.DatabaseError('taken', 5, 'error'), {
        code: '23505',
        constraint: 'directory_user_name',
      })
      throw refused
    }
    try {
      return await post({ userName: fresh('motion') })(scene)
    } finally {
      scene.fault.happen = undefined
    }
  },

  // Bulk requests.
  'bulk-too-long': bulk({
    Operations: Array.from({ length: 1_001 }, () => ({ method: 'DELETE', path: '/Users/1' })),
  }),
  'bulk-fail-on-errors': bulk({ failOnErrors: 0, Operations: [] }),
  'bulk-path-wrong': bulkPart({ method: 'DELETE', path: '/Hats/1' }),
  'bulk-id-missing': bulkPart({ method: 'POST', path: '/Users', data: { userName: 'x' } }),
  'bulk-id-repeated': async (scene) => {
    const user = () => ({ method: 'POST', path: '/Users', bulkId: 'one', data: { userName: fresh('bulk') } })
    return bulkPart(user(), user())(scene)
  },
  'bulk-id-unknown': bulkPart({ method: 'DELETE', path: '/Users/bulkId:nobody' }),
  'bulk-version-malformed': bulkPart({ method: 'DELETE', path: '/Users/1', version: 7 }),
  'bulk-not-begun': async (scene) => {
    const { userId } = scene
    const start = performance.now.bind(performance)
    // The request is under way when the first of its operations reads.
    scene.fault.happen = (statement) => {
      if (!statement || !textOf(statement).includes('directory_user')) return
      scene.fault.happen = undefined
      vi.spyOn(performance, 'now').mockImplementation(() => start() + 30_000)
    }
    const change = { method: 'PATCH', path: `/Users/${userId}`, data: patchOf(SECOND) }
    try {
      return await bulkPart(change, change)(scene)
    } finally {
      vi.restoreAllMocks()
      scene.fault.happen = undefined
    }
  },
  'bulk-outcome-unknown': async (scene) => {
    const user = () => ({
      method: 'POST',
      path: '/Users',
      bulkId: fresh('id'),
      data: { userName: fresh('bulk') },
    })
    scene.fault.happen = (statement) => {
      if (statement && textOf(statement).includes('insert into directory_user')) throw new Unavailable('lost')
    }
    try {
      return await bulkPart(user(), user())(scene)
    } finally {
      scene.fault.happen = undefined
    }
  },
}
