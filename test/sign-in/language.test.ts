// The plain pages and mails in the reader's language.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { languageOf } from '#platform/language.ts'
import type { Mail } from '#platform/network/mail.ts'
import { type House, openHouse } from '../harness.ts'

let house: House
const mails: Mail[] = []
beforeAll(async () => {
  house = await openHouse({ mailer: { send: async (mail) => void mails.push(mail), close: () => {} } })
  const tenantId = await house.tenant('acme')
  await ensureLocalIdentityProvider(house.db, { tenantId, actor: { type: 'operator', name: 'test' } })
  await house.identityProvider({ tenant: 'acme', name: 'Okta' })
})
afterAll(() => house?.close())

const get = (path: string, language: string) =>
  house.raw({ method: 'GET', path, headers: { 'accept-language': language } })

test('the best of the languages that the browser names is spoken, and English otherwise', () => {
  const wishes: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['ja', 'ja'],
    ['JA-JP,ja;q=0.9,en;q=0.8', 'ja'],
    ['en-US,en;q=0.9,ja;q=0.8', 'en'],
    ['fr,ja;q=0.3,en;q=0.7', 'en'],
    ['fr, de', 'en'],
    ['ja;q=0, en', 'en'],
    ['ja;q=x', 'en'],
    ['jam', 'en'],
    [`${'x,'.repeat(400)}ja`, 'en'],
  ]
  for (const [accepted, language] of wishes) expect(languageOf(accepted), accepted).toBe(language)
})

test('a page says its language, and refusals are in it too', async () => {
  const page = await get('/sign-in?tenant=acme', 'ja-JP')
  expect(page.text).toContain('<html lang="ja">')
  expect(page.text).toContain('acmeにサインイン')
  const missing = await get('/sign-in?tenant=nobody', 'ja')
  expect([missing.status, missing.text]).toEqual([
    404,
    expect.stringContaining('その名前の組織はありません。'),
  ])
  const english = await get('/sign-in?tenant=nobody', 'en')
  expect(english.text).toContain('<html lang="en">')
  expect(english.text).toContain('There is no organization with this name.')
})

test('a mail comes in the language of the page that it was asked for at', async () => {
  const administrator = await house.administrator(
    (await house.dump('tenant'))
      .map((row) => row as { id: string; slug: string })
      .find(({ slug }) => slug === 'acme')?.id ?? '',
  )
  const person = { userName: 'ada', displayName: 'Ada', email: 'ada@example.com' }
  const made = await administrator.post('/users', person)
  expect(made.status, made.text).toBe(201)
  for (const [language, words] of [
    ['ja', '次のリンクを開いて'],
    ['en', 'Open this link'],
  ] as const) {
    mails.length = 0
    const invited = await administrator.request(
      'POST',
      `/users/${made.json.id}/invitation`,
      {},
      { 'accept-language': language },
    )
    expect(invited.status, invited.text).toBe(201)
    expect(mails[0]?.text).toContain(words)
  }
})
