// Requests that are nearly right, through all doors: valid ones of every route with some parts changed, and sequences over
// SCIM. No answer is an error of ours, refusals are in the format of their door, the log has no complaint, and afterwards the
// service is as healthy as before. A little runs with the other tests, and as much as one likes by `npm run fuzz`.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pick, type Random, seeded } from '#simulator/random.ts'
import { DOORS, type DoorFormat } from '../http/door-format.ts'
import { allCases } from '../sweep/all-cases.ts'
import type { Case, Valid } from '../sweep/case.ts'
import { withCredentials } from '../sweep/credentials.ts'
import { type Fixture, openFixture } from '../sweep/fixture.ts'
import { messageOf } from '../sweep/message.ts'
import { collectRoutes, nameOfRoute, type Route } from '../sweep/routes.ts'
import { faultsOf, formatOfDoor, nextAddress } from '../sweep/run.ts'
import { openWire, type Wire, type WireRequest, type WireResponse } from '../wire.ts'
import { millisecondsOf, OVER_HTTP } from './bounds.ts'
import { mutateParts } from './http-parts.ts'
import { mutateText } from './mutate-text.ts'
import { type Known, learn, nextStep } from './scim-steps.ts'

let at: Fixture
let routes: Route[]
beforeAll(async () => {
  at = await openFixture((server) => {
    routes = collectRoutes(server)
  })
})
afterAll(() => at?.close())

interface Asked {
  readonly message: WireRequest
  readonly formats: readonly DoorFormat[]
  /** Of the valid request. */
  readonly status?: number
  readonly learn?: (text: string) => void
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']
/** Requests for which one valid request is made: making one may cost more than all of them. */
const OF_ONE = 25
const WORKERS = 4
const SHOWN = 3_000

/** Requests of all routes, in turn. */
function routeRequests(random: Random, cases: readonly (readonly [Route, Case])[]): () => Promise<Asked> {
  let made: { route: Route; one: Case; valid: Valid; left: number } | undefined
  return async () => {
    if (!made || made.left === 0) {
      const [route, one] = pick(random, cases)
      made = { route, one, valid: await one.valid(), left: OF_ONE }
    }
    made.left -= 1
    const { route, one, valid } = made
    const isOther = random() < 0.05
    const target = { ...route, host: hostOf(at), ...(isOther && { method: pick(random, METHODS) }) }
    const change = {
      name: 'fuzz',
      apply: (parts: Parameters<typeof mutateParts>[1]) => mutateParts(random, parts),
    }
    const message = messageOf(target, withCredentials(at, route, valid), change)
    if (random() < 0.97)
      return { message, formats: [one.format ?? formatOfDoor(route.pattern)], status: one.status }
    return { message: { ...message, target: strangeTarget(random, message.target) }, formats: DOORS }
  }
}

/** Written as it is: what no request line can hold is left out. */
function strangeTarget(random: Random, target: string): string {
  return `/${mutateText(random, target, ['//', '/../', '%2f', '%', '?', '#']).replace(/[^\x21-\x7e]/g, '')}`
}

/** Steps of one SCIM client. */
function scimRequests(random: Random): () => Promise<Asked> {
  const known: Known = { users: [], groups: [], cursors: [] }
  return async () => {
    const step = nextStep(random, known)
    const pattern = `/scim/v2/${at.saml.id}${step.path}`
    const route: Route = { method: step.method, pattern, config: {} as Route['config'] }
    const valid = withCredentials(at, route, { type: 'application/scim+json', ...step.valid })
    const isRight = random() < 0.5
    const change = {
      name: 'fuzz',
      apply: (parts: Parameters<typeof mutateParts>[1]) => mutateParts(random, parts),
    }
    const message = messageOf({ ...route, host: hostOf(at) }, valid, isRight ? undefined : change)
    return { message, formats: ['scim'], learn: (text) => learn(known, step, text) }
  }
}

function hostOf({ house }: Fixture): string {
  return new URL(house.url).host
}

async function ask(wire: Wire, { message, learn: note }: Asked): Promise<WireResponse> {
  const isGiven = message.headers.some(([name]) => name.toLowerCase() === 'x-forwarded-for')
  const headers = isGiven
    ? message.headers
    : [...message.headers, ['x-forwarded-for', nextAddress()] as const]
  const answer = await wire.send({ ...message, headers })
  if (answer.status < 300) note?.(answer.text)
  return answer
}

function shown({ method, target, headers, body }: WireRequest): string {
  return JSON.stringify({ method, target, headers, body: body?.toString('latin1') }).slice(0, SHOWN)
}

let looked = 0

/** What the log says that bad input is no reason for. */
function complaints(): string[] {
  const fresh = at.lines.slice(looked)
  looked = at.lines.length
  return fresh.filter((line) => /"level":"(?:error|fatal)"|"stack":/.test(line))
}

test('no request makes an error of ours, and the service stays healthy', {
  timeout: millisecondsOf(OVER_HTTP),
}, async () => {
  const { seed, count, seconds } = OVER_HTTP
  const cases = Object.entries(allCases(at)).flatMap(([name, one]) => {
    const route = routes.find((each) => nameOfRoute(each) === name)
    return route ? [one].flat().map((each) => [route, each] as const) : []
  })
  const faults: string[] = []
  const statuses = new Map<number, number>()
  const until = performance.now() + seconds * 1_000
  let sent = 0
  const work = async (worker: number) => {
    const random = seeded(seed * 1_009 + worker)
    const sources = [routeRequests(random, cases), scimRequests(random)] as const
    const wire = openWire(at.house.url)
    while (sent < count && performance.now() < until && faults.length < 20) {
      sent += 1
      const asked = await sources[random() < 0.6 ? 0 : 1]()
      const answer = await ask(wire, asked)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const wrong = answer.status === asked.status ? [] : faultsOf(answer, asked.formats)
      for (const fault of [...wrong, ...complaints()])
        faults.push(`${fault}\n  after ${shown(asked.message)}`)
    }
    wire.close()
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)))
  const byStatus = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`)
  console.info(`Fuzz over HTTP: seed ${seed}, ${sent} requests, answers ${byStatus.join(', ')}`)
  expect(faults).toEqual([])
  await demandHealth()
})

async function demandHealth(): Promise<void> {
  const ready = await fetch(`${at.house.url}/readyz`)
  expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ready' }])
  const made = await at.user()
  expect((await at.saml.get(`/Users/${made}`)).status).toBe(200)
  expect((await at.owner.get('/me')).status).toBe(200)
  expect((await at.house.raw({ method: 'GET', path: `/sign-in?tenant=${at.slug}` })).status).toBe(200)
}
