import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealAudit } from '#audit/seal.ts'
import { openPresence } from '#gateways/presence.ts'
import { openSystemLog } from '#logs/system.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { expectAccessible, expectNoWiderThan, launchBrowser, openPortal, screenshot } from './browser.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** Axe looks at each page twice. */
const SLOW = 240_000

let house: House
let browser: Browser
let idp: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  const tenantId = (await ensureDefaultTenant(house.db)).id
  idp = await house.identityProvider({ tenant: 'default', name: 'Okta' })
  ada = await house.administrator(tenantId, 'auditor')
  await provision()
  const systemLog = openSystemLog(house.db, 'gw-1')
  const gateway = (name: string) => ({
    name,
    version: '0.1.0',
    address: 'http://127.0.0.1:8080',
    role: 'all',
  })
  const wish = { systemLog, beatMilliseconds: 1_000_000, lostMilliseconds: 1_000_000 }
  await openPresence(house.db, { gateway: gateway('gw-1'), ...wish })
  const second = await openPresence(house.db, { gateway: gateway('gw-2'), ...wish })
  await second.stop()
  systemLog.record({ event: 'service-started', name: 'gw-1', detail: { version: '0.1.0' } })
  systemLog.record({ event: 'database-away', name: 'PostgreSQL' })
  await systemLog.close()
  house.activity.record({ tenantId, actor: { type: 'administrator', name: ada.email }, kind: 'sign-in' })
  await house.activity.flush()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

async function provision(): Promise<void> {
  for (const userName of ['ada', 'grace', 'edsger', 'barbara', 'donald']) {
    const resource = { schemas: [USER], userName: `${userName}@example.com`, displayName: userName }
    const { json } = await idp.post('/Users', resource)
    const op = { op: 'replace', path: 'active', value: false }
    if (userName === 'grace') await idp.patch(`/Users/${json.id}`, { schemas: [PATCH], Operations: [op] })
  }
  await idp.post('/Users', { schemas: [USER], userName: 'ada@example.com' })
}

async function noSidewaysScroll(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 })
  await expectNoWiderThan(page, 360)
}

test(
  'the audit log is searched by column, its address is the search, and a row opens to what changed',
  async () => {
    const page = await openPortal(browser, house.url, ada)
    await page.goto('/admin/audit-log')
    await page.getByRole('heading', { name: 'Audit Log' }).waitFor()
    await page.getByLabel('Search Object name').fill('grace')
    await page.getByText('Deactivated').waitFor()
    await page.waitForURL(/object=grace/)
    await expect.poll(() => page.getByRole('button', { name: /Show what happened/ }).count()).toBe(2)
    await page
      .getByRole('button', { name: /Show what happened to grace/ })
      .first()
      .click()
    await page.getByRole('columnheader', { name: 'Before' }).waitFor()
    await page.waitForURL(/open=/)
    await screenshot(page, 'audit-log-open')
    await expectAccessible(page)
    await page.reload()
    await page.getByRole('columnheader', { name: 'Before' }).waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).last().click()
    await page.getByText('edsger@example.com').first().waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    await screenshot(page, 'audit-log-dark')
  },
  SLOW,
)

test(
  'the result, a period and auto-refresh narrow and renew the list; nothing found says what to do',
  async () => {
    const page = await openPortal(browser, house.url, ada)
    await page.goto('/admin/audit-log?result=failure&period=hour')
    await page.getByText('Failure').first().waitFor()
    expect(await page.getByRole('button', { name: /Show what happened/ }).count()).toBe(1)
    await page.getByLabel('Auto-refresh').check({ force: true })
    await page.waitForURL(/refresh=true/)
    await idp.post('/Users', { schemas: [USER], userName: 'GRACE@example.com' })
    await expect
      .poll(() => page.getByRole('button', { name: /Show what happened/ }).count(), { timeout: 15_000 })
      .toBe(2)
    await page.goto('/admin/audit-log?from=2020-01-01&to=2020-01-31')
    await page.getByText('No events match').waitFor()
    await page.getByLabel('Search User name').waitFor()
    await screenshot(page, 'audit-log-nothing')
    await expectAccessible(page)
  },
  SLOW,
)

test(
  'the whole result is downloaded with its filters, and the log is proven',
  async () => {
    await sealAudit(house.db)
    const page = await openPortal(browser, house.url, ada)
    await page.goto('/admin/audit-log?object=grace')
    await page.getByRole('button', { name: 'Download' }).click()
    const coming = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: /CSV/ }).click()
    const file = readFileSync(await (await coming).path(), 'utf8')
    expect(file.split('\r\n')[0]).toContain('Date & time,User name')
    expect(file).toContain('grace@example.com')
    expect(file).not.toContain('edsger')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText('Nothing was altered or removed').waitFor()
    await screenshot(page, 'audit-log-proof')
  },
  SLOW,
)

test(
  'the activity and the system log are pages of the same kind',
  async () => {
    const page = await openPortal(browser, house.url, ada, { width: 1440 })
    await page.goto('/admin/activity-log')
    await page.getByText('Sign-in').first().waitFor()
    await expectAccessible(page)
    await page.goto('/admin/system-log')
    await page.getByText('PostgreSQL').first().waitFor()
    await screenshot(page, 'system-log')
    await expectAccessible(page)
    await noSidewaysScroll(page)
    await screenshot(page, 'system-log-narrow')
  },
  SLOW,
)

test(
  'app gateways show which are up and when one was away',
  async () => {
    const page = await openPortal(browser, house.url, ada, { width: 1440 })
    await page.goto('/admin/gateways')
    await page.getByText('still away').waitFor()
    await page.getByText('Its own provisioning log has what failed').waitFor()
    await screenshot(page, 'gateways')
    await expectAccessible(page)
    await noSidewaysScroll(page)
    await screenshot(page, 'gateways-narrow')
  },
  SLOW,
)

test(
  'the overview tells how everything is, and its numbers lead to the lists behind them',
  async () => {
    const page = await openPortal(browser, house.url, ada, { width: 1440 })
    await page.goto('/admin/')
    await page.getByText('edsger@example.com').first().waitFor()
    await screenshot(page, 'overview')
    await expectAccessible(page)
    await screenshot(page, 'overview-dark')
    expect(await page.getByRole('link', { name: /Inactive/ }).getAttribute('href')).toBe(
      '/admin/users?status=inactive',
    )
    await noSidewaysScroll(page)
    await screenshot(page, 'overview-narrow')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page
      .getByRole('region', { name: 'Failures to look at' })
      .getByRole('link', { name: 'See all' })
      .click()
    await page.waitForURL(/audit-log\?(?=.*result=failure)(?=.*period=week)/)
  },
  SLOW,
)

test(
  'Japanese is there, too',
  async () => {
    const page = await openPortal(browser, house.url, ada, { locale: 'ja' })
    await page.goto('/admin/audit-log')
    await page.getByText('無効化').first().waitFor()
    await screenshot(page, 'audit-log-ja')
  },
  SLOW,
)
