// A browser without scripts: follows redirects (and pages that lead on by themselves) from site to site, and keeps each site's cookies.
import { type RawResponse, raw } from '../raw-http.ts'

export interface Page extends RawResponse {
  /** Where the way ended. */
  readonly url: string
}

export interface Traveller {
  get(url: string): Promise<Page>
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Page>
  /** One request, without following. */
  step(
    method: string,
    url: string,
    form?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Page>
  /** Value of a cookie of the site, by a part of its name. */
  cookie(url: string, name: string): string | undefined
  setCookie(url: string, name: string, value: string): void
}

const REDIRECTS = 20

export function openTraveller(): Traveller {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (url: string) => {
    const { host } = new URL(url)
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    return jar
  }

  async function step(
    method: string,
    url: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const { origin, pathname, search } = new URL(url)
    const jar = jarOf(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await raw(origin, {
      method,
      path: pathname + search,
      headers: {
        ...(cookie && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: form && new URLSearchParams(form).toString(),
    })
    for (const line of cookiesOf(response)) keep(jar, line)
    return { ...response, url }
  }

  async function follow(page: Page, left = REDIRECTS): Promise<Page> {
    const location = page.headers.location ?? page.headers.refresh?.replace(/^0; url=/, '')
    if (location === undefined || page.status >= 400) return page
    if (left === 0) throw new Error(`more than ${REDIRECTS} steps, at last to ${location}`)
    return follow(await step('GET', new URL(location, page.url).href), left - 1)
  }

  return {
    step,
    get: async (url) => follow(await step('GET', url)),
    post: async (url, form, headers) => follow(await step('POST', url, form, headers)),
    cookie: (url, name) => [...jarOf(url)].find(([key]) => key.endsWith(name))?.[1],
    setCookie: (url, name, value) => void jarOf(url).set(name, value),
  }
}

function cookiesOf({ headers }: RawResponse): string[] {
  const line = headers['set-cookie']
  // Repeated headers were joined by a comma; a cookie's own commas stand in its date only.
  return line === undefined ? [] : line.split(/,\s*(?=[^;,=\s]+=)/)
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';')
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  const value = pair.slice(at + 1)
  const isGone = value === '' || /max-age=0\b|expires=thu, 01 jan 1970/i.test(line)
  if (isGone) jar.delete(name)
  else jar.set(name, value)
}
