// The recipe for nginx, in a real one. Where Debian's nginx is not installed this file is skipped, and says so.
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'
import { withoutDatabase } from './database-away.ts'
import { NGINX, openNginx, type TestNginx } from './nginx.ts'
import { patch, type Scene, setScene } from './scene.ts'

const isThere = existsSync(NGINX)
const note = isThere ? '' : ` (skipped: there is no ${NGINX}; install Debian's package nginx)`

describe.skipIf(!isThere)(`behind nginx${note}`, () => {
  let house: House
  let nginx: TestNginx
  let scene: Scene

  beforeAll(async () => {
    house = await openHouse()
    nginx = await openNginx(() => house.url)
    scene = await setScene(house, nginx.origin)
  })
  afterAll(async () => {
    await nginx.close()
    await scene.provider.close()
    await house.close()
  })

  async function entered(name: string): Promise<{ id: string; traveller: Traveller }> {
    const id = await scene.provision(name)
    const traveller = openTraveller()
    expect((await traveller.get(`${nginx.origin}/`)).status).toBe(200)
    return { id, traveller }
  }

  test('a person signs in and comes back to the very address, and the application is told who they are', async () => {
    await scene.provision('ada')
    const page = await openTraveller().get(`${nginx.origin}/pages/1?x=a%2Fb&y=c%20d`)
    expect(page.url).toBe(`${nginx.origin}/pages/1?x=a%2Fb&y=c%20d`)
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
    const posted = JSON.parse((await traveller.step('POST', `${nginx.origin}/form`, { a: '1' })).text)
    expect([posted.method, posted.body]).toEqual(['POST', 'a=1'])
    for (const status of [401, 403, 500]) {
      const page = await traveller.step('GET', `${nginx.origin}/?status=${status}`)
      expect([page.status, page.text]).toEqual([status, expect.stringContaining('UPSTREAM-CANARY')])
    }
  })

  test('identity headers of a browser are dropped, in every spelling', async () => {
    const { traveller } = await entered('eve')
    const names = ['User', 'Email', 'Name', 'Groups', 'Token'].flatMap((word) => [
      `Remote-${word}`,
      `REMOTE_${word}`,
      `remote_${word.toLowerCase()}`,
      `X-Remote-${word}`,
      `X_Remote_${word}`,
    ])
    names.push('X-Auth-User', 'X-Auth-Groups', 'X-Forwarded-User', 'X-Auth-Request-User', 'X-WebAuth-User')
    const forged = Object.fromEntries(names.map((name) => [name, 'forged']))
    const page = await traveller.step('GET', `${nginx.origin}/`, undefined, {
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
    const stranger = await openTraveller().step('GET', `${nginx.origin}/`, undefined, forged)
    expect([stranger.status, stranger.text]).toEqual([302, expect.not.stringContaining('CANARY')])
  })

  test('who is no browser gets 401, and no way to follow', async () => {
    const program = await openTraveller().step('GET', `${nginx.origin}/api`, undefined, {
      accept: 'application/json',
    })
    expect([program.status, program.headers.location]).toEqual([401, undefined])
    expect((await openTraveller().step('POST', `${nginx.origin}/api`, { a: '1' })).status).toBe(401)
  })

  test('who may not enter sees the page that says why', async () => {
    await scene.provision('reader', false)
    const page = await openTraveller().get(`${nginx.origin}/`)
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('none of your groups may reach')])
    expect(page.headers['remote-user']).toBeUndefined()
  })

  test('who is deactivated is refused at the next request', async () => {
    const { id, traveller } = await entered('gone')
    await scene.idp.patch(`/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    const page = await traveller.step('GET', `${nginx.origin}/`)
    expect([page.status, page.text]).toEqual([302, expect.not.stringContaining('CANARY')])
  })

  test('without the database nobody is let in, and the answer is 503', async () => {
    const { traveller } = await entered('waiting')
    await withoutDatabase(house, async () => {
      const page = await traveller.step('GET', `${nginx.origin}/`)
      expect([page.status, page.text]).toEqual([503, expect.not.stringContaining('CANARY')])
      expect(page.headers['retry-after']).toBe('5')
    })
    await expect.poll(async () => (await traveller.step('GET', `${nginx.origin}/`)).status).toBe(200)
  })
})
