// No input makes a 5xx. Every route of every door, taken from the server's own list, is asked as it should be, and then with
// everything hostile in each of its inputs: no answer is an error of ours or shows our inside, and every refusal is in the
// format of its door. A route without a case here fails, and so does an input that no case names.
//
// A new route needs a case in one of the files here: the status of its valid request, and how such a request is made. What
// its schema says of its inputs is tried by itself.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allCases } from './all-cases.ts'
import type { Cases } from './case.ts'
import { withCredentials } from './credentials.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { noteReads, type Reads } from './reads.ts'
import { collectRoutes, nameOfRoute, type Route } from './routes.ts'
import { type Sweep, sweepRoute } from './run.ts'
import { fullUser } from './scim.ts'
import { newTally, type Tally } from './tally.ts'

let at: Fixture
let routes: Route[]
let reads: Reads
let cases: Cases
let tally: Tally
beforeAll(async () => {
  at = await openFixture((server) => {
    routes = collectRoutes(server)
    reads = noteReads(server)
  })
  cases = allCases(at)
  tally = newTally()
})
afterAll(() => at?.close())

test('every route has a case, and every case a route', () => {
  const names = routes.map(nameOfRoute)
  expect(names.filter((name) => !(name in cases))).toEqual([])
  expect(Object.keys(cases).filter((name) => !names.includes(name))).toEqual([])
})

/** Routes that are swept side by side; each by itself, so that its requests come in their order. */
const AT_ONCE = 4

test('no input makes a 5xx, and every refusal is in the format of its door', {
  timeout: 900_000,
}, async () => {
  const sweep = await plannedSweep()
  const waiting = [...routes]
  const work = async () => {
    for (let route = waiting.shift(); route; route = waiting.shift())
      await sweepRoute(sweep, tally, route, [cases[nameOfRoute(route)] ?? []].flat())
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  console.info(tally.summary())
  expect(tally.faults.slice(0, 30)).toEqual([])
})

/** Read of every request of a door, so a few of its cases name them for all. */
const OF_DOORS =
  /^header (?:accept|accept-language|authorization|content-length|content-type|host|origin|sec-fetch-site|user-agent|x-csrf-token|x-forwarded-(?:for|host|proto))$|^cookie __Host-doorlist(?:-\w+)*$/

test('every input that a route reads is known to its case', () => {
  const tried = new Set([...tally.inputs.values()].flatMap((names) => [...names]))
  const unknown = [...reads].flatMap(([route, names]) =>
    [...names]
      // A tenant's cookies have its name in theirs, also where the tenant is made up.
      .map((name) => name.replace(/^(cookie \S+-(?:app|entering))-.*/s, `$1-${at.slug}`))
      .filter((name) => !(OF_DOORS.test(name) ? tried : tally.inputs.get(route))?.has(name))
      .map((name) => `${route}: ${name}`),
  )
  expect(unknown).toEqual([])
  expect(reads.size).toBeGreaterThan(40)
})

test('every attribute that a client may write is in the SCIM messages that are tried', async () => {
  const { Resources } = (await at.saml.get('/Schemas')).json
  const paths = Resources.filter(({ id }: { id: string }) => id.endsWith(':User')).flatMap(
    ({ id, attributes }: { id: string; attributes: Attribute[] }) =>
      writable(attributes).map((path) => (id.includes(':core:') ? path : `${id}.${path}`)),
  )
  const written = pathsOf(fullUser('x'))
  expect(paths.filter((path: string) => !written.includes(path))).toEqual([])
  expect(paths.length).toBeGreaterThan(50)
})

test('no secret that was planted comes out again, in an answer, a log or a table', {
  timeout: 120_000,
}, async () => {
  expect(await at.planted.leaks(at.house, [...at.lines])).toEqual([])
})

test('afterwards the service is as healthy as before', async () => {
  const answer = await fetch(`${at.house.url}/readyz`)
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'ready' }])
})

/** Lines of the log that were looked at. */
let looked = 0

async function plannedSweep(): Promise<Sweep> {
  const described = await describedInputs()
  return {
    url: at.house.url,
    credentials: (route, valid) => withCredentials(at, route, valid),
    described: (route) => described.get(nameOfRoute(route)) ?? { query: [], body: undefined },
    secret: at.planted.secret,
    answered: at.planted.answered,
    complaints() {
      const fresh = at.lines.slice(looked)
      looked = at.lines.length
      return fresh.filter((line) => /"level":"(?:error|fatal)"/.test(line))
    },
  }
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
}
type Described = ReturnType<Sweep['described']>

/** From the description of the API that everybody can read. */
async function describedInputs(): Promise<Map<string, Described>> {
  const answer = await fetch(`${at.house.url}/api/v1/openapi.json`)
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { parameters = [], requestBody }]): [string, Described] => {
        const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
        const [content] = Object.values(requestBody?.content ?? {})
        const name = `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`
        return [name, { query, body: content?.schema }]
      }),
    ),
  )
}

interface Attribute {
  readonly name: string
  readonly mutability: string
  readonly subAttributes?: readonly Attribute[]
}

function writable(attributes: readonly Attribute[]): string[] {
  return attributes
    .filter(({ mutability }) => mutability !== 'readOnly')
    .flatMap(({ name, subAttributes }) =>
      subAttributes ? writable(subAttributes).map((sub) => `${name}.${sub}`) : [name],
    )
}

/** Paths of the leaves; elements of a list have that of the list. */
function pathsOf(value: object): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const one: unknown = Array.isArray(inner) ? inner[0] : inner
    return typeof one === 'object' && one !== null ? pathsOf(one).map((sub) => `${name}.${sub}`) : [name]
  })
}
