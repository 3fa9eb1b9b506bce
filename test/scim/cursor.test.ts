// Pages by cursor. @see RFC 9865
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { expectScimError, GROUP, patchOf, USER } from './refusal.ts'

let house: House
let now = new Date('2030-01-01T00:00:00Z')

beforeAll(async () => {
  house = await openHouse({ clock: () => now })
})
afterAll(() => house?.close())

interface CursorPage {
  readonly totalResults: number
  readonly itemsPerPage: number
  readonly startIndex?: number
  readonly nextCursor?: string
  readonly previousCursor?: string
  readonly Resources: readonly { readonly id: string; readonly userName: string }[]
}

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const NAMES = ['delta', 'Alpha', 'charlie', 'BRAVO', 'echo', 'Foxtrot', 'golf']

/** Some have a displayName or a title, some share one, some have none. */
async function populate(idp: ProvidedIdp, names: readonly string[] = NAMES): Promise<string[]> {
  const ids: string[] = []
  for (const [index, userName] of names.entries()) {
    const displayName = index % 3 === 0 ? undefined : `Name ${index % 2}`
    const title = index % 4 === 0 ? undefined : `T${index % 2}`
    const body = {
      schemas: [USER],
      userName,
      displayName,
      title,
      externalId: index % 2 ? userName : undefined,
    }
    ids.push((await idp.post('/Users', body)).json.id)
  }
  return ids
}

async function ask(idp: ProvidedIdp, query: string, cursor = ''): Promise<CursorPage> {
  const response = await idp.get(`/Users?${query}&cursor=${cursor}`)
  expect(response.status, response.text).toBe(200)
  return response.json
}

/** From the first page to the last, or back from a page to the first. */
async function walk(
  idp: ProvidedIdp,
  query: string,
  link: 'nextCursor' | 'previousCursor' = 'nextCursor',
  from = '',
) {
  const pages: CursorPage[] = []
  for (let cursor: string | undefined = from; cursor !== undefined; cursor = pages.at(-1)?.[link]) {
    pages.push(await ask(idp, query, cursor))
    expect(pages.length).toBeLessThan(100)
  }
  return pages
}

function idsOf(pages: readonly CursorPage[]): string[] {
  return pages.flatMap(({ Resources }) => Resources.map(({ id }) => id))
}

const SORTS = ['', 'userName', 'displayName', 'title', 'externalId', 'active', 'meta.lastModified', 'id']

test('a walk by cursor shows the same as one long page, forwards and backwards, in every order', async () => {
  const idp = await house.identityProvider()
  const total = (await populate(idp)).length
  const wish = fc.record({
    sortBy: fc.constantFrom(...SORTS),
    sortOrder: fc.constantFrom('ascending', 'descending'),
    count: fc.integer({ min: 1, max: 8 }),
    filter: fc.constantFrom('', 'userName co "a"', 'title pr', 'not (displayName pr)'),
  })
  await fc.assert(
    fc.asyncProperty(wish, async ({ sortBy, sortOrder, count, filter }) => {
      const order = sortBy && `&sortBy=${sortBy}&sortOrder=${sortOrder}`
      const question = `${filter && `filter=${encodeURIComponent(filter)}`}${order}`
      const all = idsOf([(await idp.get(`/Users?${question}&count=1000`)).json])
      const pages = await walk(idp, `${question}&count=${count}`)
      expect(idsOf(pages)).toEqual(all)
      for (const [index, page] of pages.entries()) {
        expect(page.totalResults).toBe(all.length)
        expect(page.itemsPerPage).toBe(Math.min(count, Math.max(all.length - index * count, 0)))
        expect(page.nextCursor === undefined).toBe(index === pages.length - 1)
        expect(page.previousCursor === undefined).toBe(index === 0)
        expect(page.startIndex).toBeUndefined()
        expect(page.nextCursor ?? '').toMatch(/^[A-Za-z0-9._~-]*$/)
      }
      const last = pages.at(-1)?.previousCursor
      if (last === undefined) return
      const back = await walk(idp, `${question}&count=${count}`, 'previousCursor', last)
      expect(idsOf(back.toReversed())).toEqual(all.slice(0, -((all.length - 1) % count) - 1))
      expect(back.every(({ nextCursor }) => nextCursor !== undefined)).toBe(true)
    }),
    { numRuns: 60 },
  )
  expect(total).toBe(NAMES.length)
}, 60_000)

test('while others come and go, nobody who was there all along is shown twice or left out', async () => {
  const other = { create: 0 }
  const write = fc.constantFrom('create', 'delete', 'delete last shown', 'none')
  const orders = fc.constantFrom(
    '',
    'sortBy=userName',
    'sortBy=displayName&sortOrder=descending',
    'sortBy=title',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 8, maxLength: 8 }), orders, async (writes, order) => {
      const idp = await house.identityProvider()
      const ids = await populate(idp)
      const passing = new Set(await populate(idp, ['bob', 'Eve', 'dan', 'gus', 'abe']))
      const seen: string[] = []
      let page = await ask(idp, `${order}&count=2`)
      seen.push(...idsOf([page]))
      for (let turn = 0; page.nextCursor !== undefined; turn++) {
        const kind = writes[turn % writes.length]
        if (kind === 'create')
          passing.add((await populate(idp, [`${'amz'[turn % 3]}${other.create++}`]))[0] ?? '')
        const lastShown = seen.at(-1) ?? ''
        const [first = ''] = passing
        const gone =
          kind === 'delete' ? first : kind === 'delete last shown' && passing.has(lastShown) ? lastShown : ''
        if (passing.delete(gone)) await idp.delete(`/Users/${gone}`)
        page = await ask(idp, `${order}&count=2`, page.nextCursor)
        seen.push(...idsOf([page]))
      }
      expect(seen.length).toBe(new Set(seen).size)
      expect(ids.filter((id) => !seen.includes(id))).toEqual([])
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('the page before a page whose predecessors are all gone is the first page', async () => {
  const idp = await house.identityProvider()
  const ids = await populate(idp)
  const second = await ask(idp, 'count=2', (await ask(idp, 'count=2')).nextCursor)
  for (const id of ids.slice(0, 2)) await idp.delete(`/Users/${id}`)
  const first = await ask(idp, 'count=2', second.previousCursor)
  expect(idsOf([first])).toEqual(ids.slice(2, 4))
  expect(first.previousCursor).toBeUndefined()
})

test('index is the default method, and who names both gets it', async () => {
  const idp = await house.identityProvider()
  await populate(idp)
  const { nextCursor } = await ask(idp, 'count=2')
  for (const query of [
    'count=2',
    `count=2&startIndex=3&cursor=${nextCursor}`,
    'count=2&startIndex=3&cursor',
  ]) {
    const { json } = await idp.get(`/Users?${query}`)
    expect(json).toMatchObject({ startIndex: query === 'count=2' ? 1 : 3, totalResults: 7 })
    expect(json.nextCursor).toBeUndefined()
  }
  expect((await idp.get('/Users?cursor&count=2')).json.nextCursor).toBeDefined()
  expect((await idp.get('/ServiceProviderConfig')).json.pagination).toEqual({
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: 100,
    maxPageSize: 1_000,
    cursorTimeout: 3_600,
  })
})

test('a search takes a cursor in its body, which is good for the same question by GET', async () => {
  const idp = await house.identityProvider()
  const ids = await populate(idp)
  const search = (cursor: string | null, count = 4) =>
    idp.post('/Users/.search', { schemas: [SEARCH], sortBy: 'id', cursor, count })
  const { json: first } = await search('')
  const { json: second } = await search(first.nextCursor)
  expect(idsOf([first, second])).toEqual(ids)
  expect(second.nextCursor).toBeUndefined()
  expect(idsOf([await ask(idp, 'sortBy=id&count=4', first.nextCursor)])).toEqual(ids.slice(4))
  expect((await search(null)).json).toMatchObject({ startIndex: 1, itemsPerPage: 4 })
  expectScimError(await search(first.nextCursor, 5), { status: 400, scimType: 'invalidCount' })
})

test('groups are paged by cursor too', async () => {
  const idp = await house.identityProvider()
  for (const displayName of NAMES) await idp.post('/Groups', { schemas: [GROUP], displayName })
  const { json: first } = await idp.get('/Groups?cursor=&count=4&sortBy=displayName')
  const { json: second } = await idp.get(`/Groups?cursor=${first.nextCursor}&count=4&sortBy=displayName`)
  const names = [...first.Resources, ...second.Resources].map(({ displayName }) => displayName)
  expect(names).toEqual(NAMES.toSorted((a, b) => a.localeCompare(b)))
})

describe('a cursor', () => {
  let idp: ProvidedIdp
  let cursor: string

  beforeAll(async () => {
    const tenant = `cursors-${Math.floor(performance.now())}`
    await house.tenant(tenant)
    idp = await house.identityProvider({ tenant })
    const sibling = await house.identityProvider({ tenant })
    const stranger = await house.identityProvider()
    for (const each of [idp, sibling, stranger]) await populate(each)
    strangers = [sibling, stranger]
    cursor = (await ask(idp, 'count=2')).nextCursor ?? ''
  })
  let strangers: ProvidedIdp[] = []

  test('of another identity provider, resource type, filter or order is refused in the same words as no cursor', async () => {
    const [sibling, stranger] = strangers
    const attempts = [
      idp.get('/Users?count=2&cursor=x'),
      idp.get(`/Groups?count=2&cursor=${cursor}`),
      idp.get(`/Users?count=2&filter=userName%20pr&cursor=${cursor}`),
      idp.get(`/Users?count=2&sortBy=userName&cursor=${cursor}`),
      idp.get(`/Users?count=2&sortBy=id&sortOrder=descending&cursor=${cursor}`),
      idp.post('/.search', { schemas: [SEARCH], count: 2, cursor }),
      sibling?.get(`/Users?count=2&cursor=${cursor}`),
      stranger?.get(`/Users?count=2&cursor=${cursor}`),
      idp.get(`/Users?count=2&cursor=${cursor}A`),
      idp.get(`/Users?count=2&cursor=${cursor}!`),
      idp.get(`/Users?count=2&cursor=${cursor}%3D`),
      idp.get(`/Users?count=2&cursor=${cursor.slice(0, -1)}`),
      idp.get(`/Users?count=2&cursor=${'A'.repeat(9_000)}`),
    ]
    const answers = await Promise.all(attempts)
    const [first] = answers
    for (const answer of answers) {
      if (!answer) throw new Error('not asked')
      expectScimError(answer, { status: 400, scimType: 'invalidCursor' })
      expect(answer.text).toBe(first?.text)
    }
  })

  test('is refused when a single character differs', async () => {
    const altered = fc.tuple(fc.nat(cursor.length - 1), fc.constantFrom(...'AQgw059_-Zz'))
    await fc.assert(
      fc.asyncProperty(altered, async ([at, character]) => {
        fc.pre(cursor[at] !== character)
        const forged = `${cursor.slice(0, at)}${character}${cursor.slice(at + 1)}`
        const response = await idp.get(`/Users?count=2&cursor=${forged}`)
        expectScimError(response, { status: 400, scimType: 'invalidCursor' })
      }),
      { numRuns: 60 },
    )
  })

  test('tells the client nothing', async () => {
    const page = await ask(idp, 'count=2&sortBy=userName')
    const bytes = Buffer.from(page.nextCursor ?? '', 'base64url').toString('latin1')
    expect(bytes).not.toContain(page.Resources.at(-1)?.id)
    expect(bytes.toLowerCase()).not.toContain(page.Resources.at(-1)?.userName.toLowerCase())
  })

  test('is good for one count only, and counts that are no counts are refused', async () => {
    for (const count of ['count=3', 'count=1', 'count=0', '', 'count=1001', 'count=ten']) {
      const response = await idp.get(`/Users?${count}&cursor=${cursor}`)
      expectScimError(response, { status: 400, scimType: 'invalidCount', says: [/count/] })
    }
    for (const count of ['1001', '1.5', 'ten']) {
      const response = await idp.get(`/Users?cursor&count=${count}`)
      expectScimError(response, { status: 400, scimType: 'invalidCount', says: [/1000/] })
    }
  })

  test.each(['0', '-3'])('is not given for count=%s, which asks for the total alone', async (count) => {
    const page = await ask(idp, `count=${count}`)
    expect(page).toMatchObject({ totalResults: 7, itemsPerPage: 0, Resources: [] })
    expect(page.nextCursor).toBeUndefined()
  })

  test('opens no door by itself', async () => {
    const path = new URL(`${idp.endpoint}/Users?count=2&cursor=${cursor}`)
    const response = await house.raw({ method: 'GET', path: path.pathname + path.search })
    expectScimError(response, { status: 401 })
  })

  test('is good for an hour, and is told to be too old after that', async () => {
    const began = now
    const old = (await ask(idp, 'count=3')).nextCursor ?? ''
    now = new Date(began.getTime() + 3_600_000)
    expect(idsOf([await ask(idp, 'count=3', old)])).toHaveLength(3)
    now = new Date(began.getTime() + 3_602_000)
    const response = await idp.get(`/Users?count=3&cursor=${old}`)
    expectScimError(response, { status: 400, scimType: 'expiredCursor' })
    now = began
  })

  test('survives the resource it points at', async () => {
    const own = await house.identityProvider()
    const ids = await populate(own)
    const page = await ask(own, 'count=3&sortBy=id')
    await own.delete(`/Users/${ids[2]}`)
    await own.patch(`/Users/${ids[1]}`, patchOf({ op: 'replace', path: 'title', value: 'moved' }))
    expect(idsOf([await ask(own, 'count=3&sortBy=id', page.nextCursor)])).toEqual(ids.slice(3, 6))
  })
})
