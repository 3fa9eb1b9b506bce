import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Buffer.from('JFIF')])
const WEBP = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WEBPVP8 ')])

let house: House
let admin: ApiClient
beforeAll(async () => {
  house = await openHouse()
  const tenantId = await house.tenant('acme')
  admin = await house.administrator(tenantId, 'admin')
  await house.identityProvider({ tenant: 'acme', name: 'Okta' })
  await house.identityProvider({ tenant: 'acme', name: 'Entra ID' })
})
afterAll(() => house?.close())

const change = (body: object) => admin.patch('/brand', body)
const set = (logo: Buffer) => change({ logo: logo.toString('base64') })
const get = (path: string) => house.raw({ method: 'GET', path })
const signInPage = async () => (await get('/sign-in?tenant=acme')).text

test('name and logo stand on the pages of the people, and the logo is served so that it can do nothing else', async () => {
  expect((await admin.get('/brand')).json).toMatchObject({
    name: 'acme',
    logo: null,
    signInUrl: `${house.url}/sign-in?tenant=acme`,
  })
  const saved = await change({ name: 'Acme <Japan>', logo: PNG.toString('base64') })
  expect(saved.status, saved.text).toBe(200)
  const { logo } = saved.json
  const page = await signInPage()
  expect(page).toContain(`<img src="${logo}" alt="">`)
  expect(page).toContain('Acme &lt;Japan&gt;')
  const { status, headers } = await get(logo)
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  const { items } = (await admin.get('/audit-events?objectType=Tenant')).json
  expect(items).toHaveLength(2)
})

test('another logo has another address, and the old one is gone; none is none', async () => {
  const { logo: first } = (await set(JPEG)).json
  const { logo: second } = (await set(WEBP)).json
  expect(second).not.toBe(first)
  expect((await get(first)).status).toBe(404)
  expect((await get(second)).headers['content-type']).toBe('image/webp')
  expect((await change({ logo: null })).json.logo).toBeNull()
  expect((await get(second)).status).toBe(404)
  expect(await signInPage()).not.toContain('<img')
})

test('what is no PNG, JPEG or WebP by its bytes, or is too large, is refused, and nothing changes', async () => {
  const kept = (await set(PNG)).json
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  const gif = Buffer.from('GIF89a')
  for (const picture of [
    svg,
    gif,
    Buffer.from('<html>'),
    Buffer.alloc(0),
    Buffer.concat([PNG, Buffer.alloc(262_144)]),
  ]) {
    const refused = await change({ name: 'Changed', logo: picture.toString('base64') })
    expect([400, 413, 422]).toContain(refused.status)
    expect(refused.text).toContain('logo')
  }
  expect((await change({ logo: 'not base64!' })).status).toBe(422)
  expect((await change({ name: 'Changed', logo: svg.toString('base64') })).json.errors[0].field).toBe('logo')
  expect((await change({ name: ' ' })).json.errors[0].field).toBe('name')
  expect((await admin.get('/brand')).json).toEqual(kept)
})

test('the largest logo that is allowed is taken', async () => {
  const saved = await set(Buffer.concat([PNG, Buffer.alloc(262_144 - PNG.length)]))
  expect(saved.status, saved.text).toBe(200)
})

test('a logo is one tenant’s alone, and an auditor changes none', async () => {
  const { logo } = (await set(PNG)).json
  const otherId = await house.tenant('other')
  const auditor = await house.administrator(otherId, 'auditor')
  expect((await auditor.patch('/brand', { name: 'x' })).status).toBe(403)
  expect((await auditor.get('/brand')).json).toMatchObject({ name: 'other', logo: null })
  expect((await get(`/logo/${otherId}/${logo.split('/').at(-1)}`)).status).toBe(404)
  for (const path of ['/logo/x/y', `/logo/${otherId}/..%2f`, '/logo/00000000-0000-0000-0000-000000000000/0'])
    expect((await get(path)).status).toBe(404)
})
