// A real Chromium, brought by npm, for tests that look at pages as people do.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { AxeResults } from 'axe-core'
import {
  type Browser,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core'
import { expect } from 'vitest'
import type { ApiClient } from '../portal-client.ts'

const require = createRequire(import.meta.url)

/** The package unpacks into the temporary folder and takes whatever version lies there; so it gets a folder of its own. */
async function unpackedChromium(): Promise<string> {
  const manifest = path.join(path.dirname(require.resolve('@sparticuz/chromium')), '../package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const home = path.resolve('node_modules/.cache', `chromium-${version}`)
  if (existsSync(home)) return home
  const part = `${home}.${process.pid}`
  mkdirSync(part, { recursive: true })
  const { TMPDIR } = process.env
  process.env.TMPDIR = part
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    await packed.executablePath()
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
  try {
    renameSync(part, home)
  } catch {
    rmSync(part, { recursive: true, force: true }) // another process was quicker
  }
  return home
}

/** Its own list of fonts names folders of the place that it was packed for. */
function fontsOf(home: string): string {
  const folders = [path.join(home, 'fonts'), '/usr/share/fonts'].map((folder) => `<dir>${folder}</dir>`)
  const cache = `<cachedir>${path.join(home, 'fonts-cache')}</cachedir>`
  const file = path.join(home, 'fonts.conf')
  writeFileSync(file, `<?xml version="1.0"?><fontconfig>${folders.join('')}${cache}</fontconfig>`)
  return file
}

export async function launchBrowser(): Promise<Browser> {
  const home = await unpackedChromium()
  return chromium.launch({
    executablePath: path.join(home, 'chromium'),
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage'],
    env: { ...(process.env as Record<string, string>), FONTCONFIG_FILE: fontsOf(home) },
  })
}

export interface Viewer {
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  readonly locale?: 'en' | 'ja'
}

/** A window of the portal; of an administrator who is signed in, when one is given. Errors of the page fail the test. */
export async function openPortal(
  browser: Browser,
  url: string,
  administrator?: ApiClient,
  { colorScheme = 'light', width = 1280, height = 800, locale = 'en' }: Viewer = {},
): Promise<Page> {
  const options: BrowserContextOptions = {
    baseURL: url,
    colorScheme,
    locale,
    timezoneId: 'Asia/Tokyo',
    viewport: { width, height },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  }
  const context = await browser.newContext(options)
  if (administrator) {
    const [name = '', ...value] = administrator.cookie.split('=')
    // From this machine itself browsers take Secure cookies without TLS; only the protocol of the test driver does not.
    const cookie = { name, value: value.join('='), url: url.replace(/^http:/, 'https:') }
    await context.addCookies([{ ...cookie, httpOnly: true, sameSite: 'Strict', secure: true }])
  }
  const page = await context.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) throw new Error(message.text())
  })
  return page
}

/** A device that confirms every passkey, as one with a fingerprint reader whose owner is there. */
export async function withVirtualAuthenticator(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return cdp
}

const SETTLED_MILLISECONDS = 400

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 AA by axe, in both themes. Axe runs in the page itself: our pages have no frames to gather from. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(SETTLED_MILLISECONDS) // half-faded colours have contrasts of their own
    await page.evaluate(AXE)
    const { violations, passes } = await page.evaluate<AxeResults>(
      `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
    )
    expect(passes.length, 'rules that were tried').toBeGreaterThan(5)
    const told = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
    expect(told, `${page.url()} in ${colorScheme}`).toEqual([])
  }
}

/** Nothing has to be scrolled sideways, once the navigation has slid to its place. */
export async function expectNoWiderThan(page: Page, width: number, name = page.url()): Promise<void> {
  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'), {
      message: `${name} at ${width} pixels`,
      timeout: 15_000, // a busy machine takes longer than the second that is the default
    })
    .toBeLessThanOrEqual(width)
}

/** WCAG in both themes, no wider than 360 pixels, and a picture of each: dark, light, and narrow. Light and wide after it. */
export async function lookAt(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 })
  await expectAccessible(page)
  await screenshot(page, `${name}-dark`)
  await page.emulateMedia({ colorScheme: 'light' })
  await screenshot(page, name)
  await page.setViewportSize({ width: 360, height: 740 })
  await expectNoWiderThan(page, 360, name)
  await screenshot(page, `${name}-360`)
  await page.setViewportSize({ width: 1440, height: 900 })
}

/** Pictures for people, in the folder that DOORLIST_SCREENSHOTS names; without it nobody looks, and none is made. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.DOORLIST_SCREENSHOTS
  if (!folder) return
  await page.waitForTimeout(SETTLED_MILLISECONDS) // colours fade, and the navigation slides
  await page.screenshot({ path: path.join(folder, `${name}.png`) })
}
