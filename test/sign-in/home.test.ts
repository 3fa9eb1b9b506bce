import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { type Scene, setScene } from '../gateway/scene.ts'
import { type House, openHouse } from '../harness.ts'
import { openTraveller, type Traveller } from './traveller.ts'

let house: House
let scene: Scene

beforeAll(async () => {
  house = await openHouse()
  scene = await setScene(house, 'https://wiki.example.com')
  const { operator } = scene.idp
  const settings = { forEverybody: true, origin: 'https://all.example.com', name: 'For <all>' }
  await createApplication(house.db, operator, settings)
  await createApplication(house.db, operator, {
    ...settings,
    enabled: false,
    origin: 'https://off.example.com',
    name: 'Off',
  })
  await createApplication(house.db, scene.foreign.operator, {
    ...settings,
    origin: 'https://b.example.com',
    name: 'Foreign',
  })
})
afterAll(async () => {
  await scene.provider.close()
  await house.close()
})

async function signedIn(traveller: Traveller = openTraveller()): Promise<Traveller> {
  expect((await traveller.get(`${house.url}/sign-in/with/${scene.idp.id}`)).status).toBe(200)
  return traveller
}

async function home(traveller: Traveller): Promise<string> {
  return (await traveller.step('GET', `${house.url}/`)).text
}

function send(traveller: Traveller, path: string, origin = house.url) {
  return traveller.step('POST', house.url + path, {}, { origin })
}

test('a person sees the applications that are open to them, and their profile', async () => {
  await scene.provision('ada')
  const traveller = await signedIn()
  const text = await home(traveller)
  expect(text).toContain('href="https://wiki.example.com/">Wiki<')
  expect(text).toContain('For &lt;all&gt;')
  expect(text).not.toMatch(/Off<|Foreign/)
  expect(text).toContain('<title>Applications · acme</title>')
  const profile = await traveller.get(`${house.url}/profile`)
  expect(profile.text).toContain('<dd>ada@example.com</dd>')
})

test('who is in no group sees what everybody may open', async () => {
  await scene.provision('reader', false)
  const text = await home(await signedIn())
  expect(text).not.toContain('wiki.example.com')
  expect(text).toContain('all.example.com')
})

test('a person ends another session, or all others, and never one of somebody else', async () => {
  await scene.provision('grace')
  const first = await signedIn()
  const second = await signedIn()
  const third = await signedIn()
  const [action = ''] =
    /\/sessions\/[0-9a-f-]{36}\/end/.exec((await second.get(`${house.url}/sessions`)).text) ?? []
  await scene.provision('mallory')
  const stranger = await signedIn()
  await send(stranger, action)
  expect(await home(third)).toContain('Welcome, grace')
  expect((await send(second, action, 'https://evil.example')).status).toBe(403)
  expect((await send(second, action)).status).toBe(303)
  expect(await home(third)).toBe('')
  await send(first, '/sessions/others/end')
  expect([await home(second), await home(first)]).toEqual(['', expect.stringContaining('Welcome, grace')])
  expect(await home(stranger)).toContain('Welcome, mallory')
})
