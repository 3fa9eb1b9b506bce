// What every recipe of docs/recipes has to do, in a real proxy. Where that is not installed the tests are skipped, and say so.
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'
import { withoutDatabase } from './database-away.ts'
import type { ProxyProcess } from './proxy-process.ts'
import { patch, type Scene, setScene } from './scene.ts'

export interface Recipe {
  /** Also that of Debian's package. */
  readonly name: string
  readonly program: string
  open(gateway: () => string): Promise<ProxyProcess>
}

/** Names that applications take for an identity, as a browser may spell them. */
export const IDENTITY_NAMES: readonly string[] = [
  ...['User', 'Email', 'Name', 'Groups', 'Token'].flatMap((word) => [
    `Remote-${word}`,
    `REMOTE_${word}`,
    `remote_${word.toLowerCase()}`,
    `X-Remote-${word}`,
    `X_Remote_${word}`,
    `x-remote_${word}`,
  ]),
  ...['X-Auth', 'X-Forwarded', 'X-Auth-Request'].flatMap((start) => [
    `${start}-User`,
    `${start}-Email`,
    `${start}-Groups`,
    `${start.replaceAll('-', '_')}_User`,
    `${start.replaceAll('-', '_')}-Email`,
  ]),
  ...['X-WebAuth-User', 'x_webauth_user', 'X-Forwarded-Preferred-Username', 'X-User', 'X_User', 'X-Email'],
]

export function describeRecipe({ name: proxyName, program, open }: Recipe): void {
  const isThere = existsSync(program)
  const note = isThere ? '' : ` (skipped: there is no ${program}; install Debian's package ${proxyName})`
  describe.skipIf(!isThere)(`behind ${proxyName}${note}`, () => behaviours(open))
}

function behaviours(open: Recipe['open']): void {
  let house: House
  let proxy: ProxyProcess
  let scene: Scene

  beforeAll(async () => {
    house = await openHouse()
    proxy = await open(() => house.url)
    scene = await setScene(house, proxy.origin)
  })
  afterAll(async () => {
    await proxy.close()
    await scene.provider.close()
    await house.close()
  })

  async function entered(name: string): Promise<{ id: string; traveller: Traveller }> {
    const id = await scene.provision(name)
    const traveller = openTraveller()
    expect((await traveller.get(`${proxy.origin}/`)).status).toBe(200)
    return { id, traveller }
  }

  test('a person signs in and comes back to the very address, and the application is told who they are', async () => {
    await scene.provision('ada')
    const page = await openTraveller().get(`${proxy.origin}/pages/1?x=a%2Fb&y=c%20d`)
    expect(page.url).toBe(`${proxy.origin}/pages/1?x=a%2Fb&y=c%20d`)
    const told = JSON.parse(page.text)
    expect(told.url).toBe('/pages/1?x=a%2Fb&y=c%20d')
    expect(Object.fromEntries(told.headers)).toMatchObject({
      'remote-user': 'ada@example.com',
      'remote-email': 'ada@example.com',
      'remote-groups': 'Writers',
      'remote-token': expect.stringMatching(/^ey/),
    })
  })

  test('methods, bodies and refusals of the application pass through', async () => {
    const { traveller } = await entered('poster')
    const posted = JSON.parse((await traveller.step('POST', `${proxy.origin}/form`, { a: '1' })).text)
    expect([posted.method, posted.body]).toEqual(['POST', 'a=1'])
    for (const status of [401, 403, 500]) {
      const page = await traveller.step('GET', `${proxy.origin}/?status=${status}`)
      expect([page.status, page.text]).toEqual([status, expect.stringContaining('UPSTREAM-CANARY')])
    }
  })

  test('identity headers of a browser are dropped, in every spelling', async () => {
    const { traveller } = await entered('eve')
    const forged = Object.fromEntries(IDENTITY_NAMES.map((name) => [name, 'forged']))
    const page = await traveller.step('GET', `${proxy.origin}/`, undefined, {
      ...forged,
      connection: 'close, Remote-User, Remote-Groups',
      'X-Forwarded-Host': 'other.example',
      'X-Forwarded-Uri': '/public/health',
    })
    expect(page.text).not.toContain('forged')
    expect(Object.fromEntries(JSON.parse(page.text).headers)).toMatchObject({
      'remote-user': 'eve@example.com',
      'remote-groups': 'Writers',
    })
    const stranger = await openTraveller().step('GET', `${proxy.origin}/`, undefined, forged)
    expect([stranger.status, stranger.text]).toEqual([302, expect.not.stringContaining('CANARY')])
  })

  test('who is no browser gets 401, and no way to follow', async () => {
    const program = await openTraveller().step('GET', `${proxy.origin}/api`, undefined, {
      accept: 'application/json',
    })
    expect([program.status, program.headers.location]).toEqual([401, undefined])
    expect((await openTraveller().step('POST', `${proxy.origin}/api`, { a: '1' })).status).toBe(401)
  })

  test('who may not enter sees the page that says why', async () => {
    await scene.provision('reader', false)
    const page = await openTraveller().get(`${proxy.origin}/`)
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('you do not have access')])
    expect(page.headers['remote-user']).toBeUndefined()
  })

  test('who is deactivated is refused at the next request', async () => {
    const { id, traveller } = await entered('gone')
    await scene.idp.patch(`/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    const page = await traveller.step('GET', `${proxy.origin}/`)
    expect([page.status, page.text]).toEqual([302, expect.not.stringContaining('CANARY')])
  })

  test('without the database nobody is let in, and the answer is 503', async () => {
    const { traveller } = await entered('waiting')
    await withoutDatabase(house, async () => {
      const page = await traveller.step('GET', `${proxy.origin}/`)
      expect([page.status, page.text]).toEqual([503, expect.not.stringContaining('CANARY')])
      expect(page.headers['retry-after']).toBe('5')
    })
    await expect.poll(async () => (await traveller.step('GET', `${proxy.origin}/`)).status).toBe(200)
  })

  test('a WebSocket is opened for who may enter, who it is is said, and for nobody else', async () => {
    const { id, traveller } = await entered('talker')
    const cookie = `doorlist-app-acme=${traveller.cookie(proxy.origin, 'doorlist-app-acme')}`
    const opened = await upgrade({ cookie, 'remote-user': 'forged' })
    expect(opened.status).toBe(101)
    const told = JSON.parse(opened.text)
    expect([told.url, Object.fromEntries(told.headers)]).toEqual([
      '/talk',
      expect.objectContaining({ 'remote-user': 'talker@example.com', upgrade: 'websocket' }),
    ])
    expect((await upgrade({})).status).not.toBe(101)
    await scene.idp.patch(`/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    expect((await upgrade({ cookie })).text).not.toContain('talker')
  })

  function upgrade(headers: Record<string, string>): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const handshake = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      }
      const outgoing = request(`${proxy.origin}/talk`, {
        headers: { ...handshake, ...headers },
        agent: false,
      })
      outgoing.on('error', reject)
      outgoing.on('upgrade', async (_answer, socket, head) => {
        socket.unshift(head)
        resolve({ status: 101, text: await text(socket) })
      })
      outgoing.on('response', async (answer) =>
        resolve({ status: answer.statusCode ?? 0, text: await text(answer) }),
      )
      outgoing.end()
    })
  }
}
