// Requests below the level of routes: slow, large and malformed ones. The numbers are those of the cases in test/attacks/.
// A flood (tra-06) is in test/scim/rate.test.ts.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'

let house: House
let idp: ProvidedIdp
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

/** Sends the head, then a byte a second, until the other side hangs up. */
function drip(head: string): Promise<void> {
  const { hostname, port } = new URL(house.url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(head))
    const timer = setInterval(() => socket.write('a'), 1_000)
    socket.on('error', () => undefined)
    socket.on('data', () => undefined)
    socket.on('close', () => {
      clearInterval(timer)
      resolve()
    })
  })
}

test('tra-01, tra-02: who sends slowly is hung up on in time, and others are served meanwhile', {
  timeout: 60_000,
}, async () => {
  const path = new URL(idp.endpoint).pathname
  const dripping = Promise.all([
    drip(`GET ${path}/Users HTTP/1.1\r\nHost: a\r\nX-Slow: `),
    drip(
      `POST ${path}/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${idp.token}\r\nContent-Type: application/scim+json\r\nContent-Length: 5000\r\n\r\n`,
    ),
  ])
  expect(await Promise.race([dripping, idp.get('/Users?count=1')])).toMatchObject({ status: 200 })
  await dripping // the limit of this test is theirs
  expect((await idp.get('/Users')).json.totalResults).toBe(0)
})

test('tra-04: headers of 100 kB are refused', async () => {
  const answer = await idp.get('/Users', { 'x-big': 'a'.repeat(100_000) })
  expect([400, 431]).toContain(answer.status)
  expect((await idp.get('/Users')).status).toBe(200)
})

test('tra-07: no address that is told follows a header of a stranger', async () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'javascript',
    forwarded: 'host=evil.example;proto=http',
  }
  for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas'])
    expect((await idp.get(path, forged)).text, path).not.toMatch(/evil\.example|javascript:/)
  const page = await house.raw({ method: 'GET', path: '/sign-in', headers: forged })
  expect(page.text + JSON.stringify(page.headers)).not.toContain('evil.example')
})

test.for(['PROPFIND', 'TRACE', 'MKCOL'])('tra-08: the method %s is refused', async (method) => {
  const answer = await idp.request(method, '/Users')
  expect([400, 404, 405, 501]).toContain(answer.status)
})
