// Traefik is in no package of Debian, so it is not run. What can be shown without it: that the recipe's names are the right ones,
// and that the door answers what Traefik's forwardAuth asks, which copies all headers of a browser and sets those of its own:
// X-Forwarded-Method, -Proto, -Host, -Uri and -For.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { raw } from '../raw-http.ts'
import { openTraveller } from '../sign-in/traveller.ts'
import { openProxy, type TestProxy } from './proxy.ts'
import { IDENTITY_NAMES } from './recipe.ts'
import { type Scene, setScene } from './scene.ts'

const RECIPE = readFileSync(join(import.meta.dirname, '../../docs/recipes/traefik.yml'), 'utf8')

let house: House
let proxy: TestProxy
let scene: Scene
/** Of somebody who may enter. */
let cookie: string

beforeAll(async () => {
  house = await openHouse()
  proxy = await openProxy(
    () => house.url,
    () => 'acme',
  )
  scene = await setScene(house, proxy.origin)
  await scene.provision('ada')
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  cookie = `doorlist-app-acme=${traveller.cookie(proxy.origin, 'doorlist-app-acme')}`
})
afterAll(async () => {
  await proxy.close()
  await scene.provider.close()
  await house.close()
})

function ask(headers: Record<string, string>) {
  const { pathname } = new URL(/address: (\S+)/.exec(RECIPE)?.[1] ?? '')
  const forwarded = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-host': new URL(proxy.origin).host,
    'x-forwarded-method': 'GET',
    'x-forwarded-port': '80',
    'x-forwarded-proto': 'http',
    'x-forwarded-server': 'traefik',
    'x-forwarded-uri': '/pages/1?x=a%2Fb,c',
    'x-real-ip': '203.0.113.7',
    'accept-encoding': 'gzip',
  }
  const path = pathname.replace('/default/', '/acme/')
  return raw(house.url, { method: 'GET', path, headers: { ...forwarded, ...headers } })
}

test('every identity header of a browser is taken away by the recipe, and nothing else', () => {
  const [, pattern = ''] = /authResponseHeadersRegex: '\(\?i\)(.+)'/.exec(RECIPE) ?? []
  const matching = new RegExp(pattern, 'i')
  expect(IDENTITY_NAMES.filter((name) => !matching.test(name))).toEqual([])
  const others = [
    'Cookie',
    'Authorization',
    'X-Auth-Token',
    'X-Forwarded-Host',
    'X-Forwarded-For',
    'X-User-Agent',
  ]
  expect(others.filter((name) => matching.test(name))).toEqual([])
})

test('everything that the door says of a person has a name that the recipe passes on', async () => {
  const answer = await ask({ cookie })
  expect(answer.status).toBe(200)
  const told = Object.keys(answer.headers).filter((name) => name.startsWith('remote-'))
  expect(told.sort()).toEqual(['remote-email', 'remote-groups', 'remote-name', 'remote-token', 'remote-user'])
})

test('a stranger is sent to sign in by a whole address: Traefik would take a path for one of ours', async () => {
  const { status, headers } = await ask({})
  const to = encodeURIComponent('/pages/1?x=a%2Fb,c')
  expect([status, headers.location]).toEqual([302, `${proxy.origin}/.doorlist/start?to=${to}`])
})

test.each([
  ['identity headers', { 'remote-user': 'root', remote_user: 'root', 'x-forwarded-user': 'root' }, 302],
  ['a method of its own', { 'x-forwarded-method': 'DELETE' }, 401],
  ['an address elsewhere', { 'x-forwarded-uri': 'https://evil.example/' }, 302],
  ['an address without its scheme', { 'x-forwarded-uri': '//evil.example/' }, 302],
  ['a host that is no application', { 'x-forwarded-host': 'evil.example' }, 403],
  ['two hosts', { 'x-forwarded-host': 'evil.example, 127.0.0.1' }, 401],
  ['another scheme', { 'x-forwarded-proto': 'wss' }, 401],
  ['a session that it made up', { cookie: 'doorlist-app-acme=dlv_00000000000000000000000000000000_x' }, 302],
])('%s from a browser lets nobody in, and leads nowhere else', async (_what, headers, expected) => {
  const { status, headers: told } = await ask(headers as Record<string, string>)
  expect([status, told['remote-user']]).toEqual([expected, undefined])
  if (told.location === undefined) return
  expect(new URL(told.location).origin).toBe(proxy.origin)
  const start = await openTraveller().step('GET', told.location)
  const query = new URL(start.headers.location ?? '').searchParams
  expect([query.get('origin'), query.get('to')?.startsWith('//')]).toEqual([proxy.origin, false])
  expect(query.get('to')).not.toContain('evil')
})

test('who comes is the one of the session, whatever the browser says beside it', async () => {
  const { status, headers } = await ask({ cookie, 'remote-user': 'root', 'remote-groups': 'Admins' })
  expect([status, headers['remote-user'], headers['remote-groups']]).toEqual([
    200,
    'ada@example.com',
    'Writers',
  ])
})
