// What people see when somebody has guessed too often, and that their own browser is not stopped by it.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import { callApi, PASSWORD } from '../portal-client.ts'
import { launchBrowser } from './browser.ts'

let house: House
let browser: Browser
let email: string
beforeAll(async () => {
  house = await openHouse()
  email = (await house.administrator(await house.tenant('acme'))).email
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

async function signIn(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${house.url}/admin/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  return page
}

test('a new browser is told to wait and what still works, and a browser that was used before signs in', async () => {
  const own = await browser.newContext({ locale: 'en' })
  await (await signIn(own)).waitForURL(/\/admin\/?$/)
  await own.clearCookies({ name: '__Host-doorlist-admin' })
  for (let n = 0; n < 2; n++) await callApi(house.url, 'POST', '/session', { email, password: `wrong ${n}` })
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 100`)
  for (const width of [1280, 390]) {
    const other = await browser.newContext({ locale: 'en', viewport: { width, height: 800 } })
    const page = await signIn(other)
    await page.getByText('Too many attempts. Try again in').waitFor()
    await page.getByText('from a browser that you have used before').waitFor()
    const { DOORLIST_SCREENSHOTS: folder } = process.env
    if (folder) await page.screenshot({ path: `${folder}/too-many-attempts-${width}.png` })
  }
  const page = await signIn(own)
  await page.waitForURL(/\/admin\/?$/)
  expect((await own.cookies()).map(({ name }) => name)).toContain('__Host-doorlist-browser')
})
