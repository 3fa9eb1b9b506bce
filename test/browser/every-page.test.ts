// Every page of the portal, as the routes name them: accessible in both themes, steady while it loads, and neither wider than a
// narrow window nor lost in a wide one. With DOORLIST_SCREENSHOTS it takes the pictures of docs/screenshots.
import { globSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from '../portal-client.ts'
import { launchBrowser, lookAt, openPortal } from './browser.ts'
import { type FullHouse, openFullHouse } from './full-house.ts'

/** Pages by their route; what stands for `$…` is a name of the full house. */
const PAGES: Readonly<
  Record<string, { readonly name: string; readonly path?: string; readonly guest?: true }>
> = {
  '/': { name: 'overview' },
  '/account': { name: 'account' },
  '/activity-log': { name: 'activity-log' },
  '/administrators': { name: 'administrators' },
  '/api-keys': { name: 'api-keys' },
  '/applications': { name: 'applications' },
  '/applications/$id': { name: 'application', path: '/applications/:application' },
  '/audit-log': { name: 'audit-log' },
  '/forgotten-password': { name: 'forgotten-password', guest: true },
  '/gateways': { name: 'gateways' },
  '/groups': { name: 'groups' },
  '/groups/$id': { name: 'group', path: '/groups/:group' },
  '/identity-providers': { name: 'identity-providers' },
  '/identity-providers/$id/credentials': {
    name: 'credentials',
    path: '/identity-providers/:provider/credentials',
  },
  '/identity-providers/$id/edit': { name: 'identity-provider', path: '/identity-providers/:oidc/edit' },
  '/identity-providers/$id/guide': { name: 'guide', path: '/identity-providers/:provider/guide' },
  '/identity-providers/$id/mapping': { name: 'mapping', path: '/identity-providers/:provider/mapping' },
  '/identity-providers/$id/provisioning': {
    name: 'provisioning',
    path: '/identity-providers/:provider/provisioning',
  },
  '/identity-providers/$id/test-connection': {
    name: 'test-connection',
    path: '/identity-providers/:provider/test-connection',
  },
  '/identity-providers/new': { name: 'identity-provider-new' },
  '/invitation/$token': { name: 'invitation', path: '/invitation/:invitation', guest: true },
  '/reset/$token': { name: 'new-password', path: '/reset/:reset', guest: true },
  '/setup/$token': { name: 'set-up', path: '/setup/:setup', guest: true },
  '/sign-in': { name: 'sign-in', guest: true },
  '/system-log': { name: 'system-log' },
  '/tenant-settings': { name: 'tenant-settings' },
  '/users': { name: 'users' },
  '/users/$id': { name: 'user', path: '/users/:user' },
  '/users/$id/edit': { name: 'user-edit', path: '/users/:local/edit' },
  '/users/deleted': { name: 'users-deleted' },
  '/users/new': { name: 'user-new' },
  '/users/waiting': { name: 'users-waiting' },
}
/** The machine that tests may be busy. */
const LOADED_MILLISECONDS = 20_000
/** Of Core Web Vitals: what lies under it is called good. */
const LARGEST_SHIFT = 0.1

let full: FullHouse
let browser: Browser
let own: Page
let guest: Page
beforeAll(async () => {
  full = await openFullHouse()
  browser = await launchBrowser()
  const window = { width: 1440, height: 900 }
  own = await openPortal(browser, full.people.house.url, full.owner, window)
  guest = await openPortal(browser, full.people.house.url, undefined, window)
  for (const page of [own, guest]) await page.addInitScript(COUNT_SHIFTS)
})
afterAll(async () => {
  await browser?.close()
  await full?.people.close()
})

/** How far things move that nobody moved. @see Layout Instability */
const COUNT_SHIFTS = `
  window.shifts = []
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) window.shifts.push([value, sources.map(({ node }) => node?.className ?? node?.nodeName).join(' | ')])
  }).observe({ type: 'layout-shift', buffered: true })`

async function expectSteady(page: Page, route: string): Promise<void> {
  const shifts = await page.evaluate<[number, string][]>('window.shifts')
  const sum = shifts.reduce((before, [value]) => before + value, 0)
  expect(sum, `${route} moves: ${JSON.stringify(shifts)}`).toBeLessThan(LARGEST_SHIFT)
}

async function open(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`/admin${path}`)
  await page.locator('h1').first().waitFor()
  await page.waitForLoadState('networkidle')
  await expect
    .poll(() => page.locator('.mantine-Skeleton-root').count(), {
      message: path,
      timeout: LOADED_MILLISECONDS,
    })
    .toBe(0)
}

test('every page that there is stands here', () => {
  const files = globSync('web/src/pages/*/routes.tsx').map((file) => readFileSync(file, 'utf8'))
  const routes = files.flatMap((text) => [...text.matchAll(/path: '([^']+)'/g)].map(([, path]) => path))
  expect(routes.sort()).toEqual(Object.keys(PAGES).sort())
})

test.each(Object.entries(PAGES))('%s', async (route, { name, path = route, guest: isGuest }) => {
  const page = isGuest ? guest : own
  const address = path.replace(/:(\w+)/g, (_, what: string) => full.names[what] ?? `no-${what}`)
  await open(page, address)
  await expectSteady(page, route)
  expect(await page.getByRole('heading', { name: 'There is no such page' }).count()).toBe(0)
  await lookAt(page, name)
  await page.setViewportSize({ width: 3840, height: 2160 })
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(3840)
})

test.each(['/no-such-page', '/users/00000000-0000-0000-0000-000000000000'])('nothing at %s', async (path) => {
  await open(own, path)
  await lookAt(own, path === '/no-such-page' ? 'no-such-page' : 'no-such-user')
})

/** Bytes of script that a browser fetches for a page, gzipped, whatever the server compresses by. */
async function scriptOf(path: string, administrator?: ApiClient): Promise<number> {
  const page = await openPortal(browser, full.people.house.url, administrator)
  const scripts: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body())
  })
  await open(page, path)
  const sizes = (await Promise.all(scripts)).map((body) => gzipSync(body).length)
  await page.context().close()
  return sizes.reduce((sum, size) => sum + size, 0)
}

test('whoever comes for the first time loads at most 250 kB of script', async () => {
  for (const size of [await scriptOf('/sign-in'), await scriptOf('/', full.owner)]) {
    expect(size).toBeGreaterThan(100_000)
    expect(size).toBeLessThanOrEqual(250_000)
  }
})
