// The address that a person typed goes along to the identity provider, as a hint and nothing more.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { listIdentityProviders } from '#identity-providers/identity-providers.ts'
import type { ProvidedIdp } from '../harness.ts'
import { openPeople, type People } from './people.ts'
import { openTraveller } from './traveller.ts'

let people: People
let idp: ProvidedIdp
beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'none' })
})
afterAll(() => people?.close())

const start = (idpId: string, hint: string) =>
  openTraveller().step('GET', `${people.house.url}/sign-in/with/${idpId}?${new URLSearchParams({ hint })}`)

test('an OpenID provider gets it as login_hint', async () => {
  const { headers } = await start(idp.id, 'ada@example.com')
  expect(new URL(headers.location ?? '').searchParams.get('login_hint')).toBe('ada@example.com')
  for (const none of ['', 'a\nb@example.com', `${'a'.repeat(320)}@example.com`]) {
    const without = await start(idp.id, none)
    expect(new URL(without.headers.location ?? '').searchParams.has('login_hint'), none).toBe(false)
  }
})

test('the form of the local one has it filled in, and shows it as text', async () => {
  await ensureLocalIdentityProvider(people.house.db, idp.operator)
  const providers = await listIdentityProviders(people.house.db, people.tenantId)
  const local = providers.find(({ type }) => type === 'local')
  const at = openTraveller()
  const hint = encodeURIComponent('"><script>@example.com')
  const page = await at.get(`${people.house.url}/sign-in/with/${local?.id}?hint=${hint}`)
  expect(page.text).toContain('value="&quot;&gt;&lt;script&gt;@example.com"')
})

test('whoever the provider vouches for signs in, whatever was hinted', async () => {
  await people.provision(idp, 'grace')
  const email = 'grace@example.com'
  people.provider.person = { sub: 'sub-grace', claims: { preferred_username: email, email, name: 'grace' } }
  const page = await openTraveller().get(`${people.house.url}/sign-in/with/${idp.id}?hint=ada%40example.com`)
  expect(page.text).toContain('Welcome, grace')
})
