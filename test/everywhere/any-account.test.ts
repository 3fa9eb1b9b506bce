// README's `npm start`, where an operator may run it. Whoever runs the tests runs these; what only root can try is in
// `needs-root.test.ts`.
import { expect, test } from 'vitest'
import { doorlistIn, makeCheckout, npmStart, type RunOptions } from './place.ts'

const NAME = 'Zürich 東京'

/** The service starts, serves its pages, and keeps letters outside of ASCII. */
async function expectService(checkout: string, options: RunOptions = {}): Promise<void> {
  const service = await npmStart(checkout, options)
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  const details = ['--type', 'oidc', '--issuer', 'https://idp.example', '--client-id', 'doorlist']
  doorlistIn(checkout, ['idp', 'create', '--name', NAME, ...details], options)
  expect(doorlistIn(checkout, ['idp', 'list'], options)).toContain(NAME)
  expect(await service.stop()).toBe(0)
}

test('below a path with spaces, a comma, an apostrophe and letters outside of ASCII', async () => {
  await expectService(makeCheckout({ name: `Bob's new, café 名簿 100%` }))
}, 120_000)

test('without a home folder', async () => {
  await expectService(makeCheckout(), { env: { HOME: undefined } })
}, 120_000)

for (const locale of ['C', 'POSIX', 'xx_XX.ISO-8859-1'])
  test(`with the locale ${locale}`, async () => {
    await expectService(makeCheckout(), { env: { LC_ALL: locale, LANG: locale } })
  }, 120_000)

test('with settings of other PostgreSQL clients in the environment', async () => {
  const env = {
    PGSSLMODE: 'require',
    PGHOST: 'nowhere.invalid',
    PGUSER: 'nobody',
    PGOPTIONS: '-c nothing=1',
    PGDATA: '/',
  }
  await expectService(makeCheckout(), { env })
}, 120_000)
