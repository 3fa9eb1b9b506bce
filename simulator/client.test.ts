import { expect, onTestFinished, test } from 'vitest'
import { type Credentials, NoAnswer, openClient, retryAfterSeconds } from './client.ts'
import { openFakeService } from './fake-service.ts'
import { newTally } from './tally.ts'

const LIST = { method: 'GET', path: '/Users' } as const

async function open(options: {
  intercept?: Parameters<typeof openFakeService>[0]
  credentials?: Credentials
  endpoint?: string
  timeoutSeconds?: number
}) {
  const service = await openFakeService(options.intercept)
  const waits: number[] = []
  const tally = newTally()
  const client = openClient({
    dialect: { headers: { 'User-Agent': '' }, contentType: 'application/scim+json' },
    endpoint: options.endpoint ?? service.endpoint,
    credentials: options.credentials ?? { token: 'T0ken' },
    connections: 2,
    tally,
    patience: {
      retries: 3,
      timeoutSeconds: options.timeoutSeconds ?? 10,
      wait: async (seconds) => void waits.push(seconds),
    },
  })
  onTestFinished(async () => {
    client.close()
    await service.close()
  })
  return { service, waits, tally, client }
}

test.each([429, 503])(
  'after a %i the request waits as long as Retry-After says, and is sent again',
  async (status) => {
    const { client, waits, tally } = await open({
      intercept: (_, at) => (at <= 2 ? { status, headers: { 'Retry-After': '7' } } : undefined),
    })
    const answer = await client.send('list', LIST)
    expect(answer).toMatchObject({ status: 200, attempts: 3 })
    expect(waits).toEqual([7, 7])
    expect(tally).toMatchObject({ requests: 3, retries: 2, statuses: { [status]: 2, 200: 1 } })
  },
)

test('without Retry-After the waits double, and they end', async () => {
  const { client, waits } = await open({ intercept: () => ({ status: 503 }) })
  expect(await client.send('list', LIST)).toMatchObject({ status: 503, attempts: 4 })
  expect(waits.length).toBe(3)
  for (const [at, longest] of [0.5, 1, 2].entries()) {
    expect(waits[at]).toBeGreaterThanOrEqual(longest / 2)
    expect(waits[at]).toBeLessThanOrEqual(longest)
  }
})

test('other refusals are answers: they are not sent again', async () => {
  const { client, tally } = await open({ intercept: () => ({ status: 500 }) })
  expect(await client.send('list', LIST)).toMatchObject({ status: 500, attempts: 1 })
  expect(tally.retries).toBe(0)
})

test('a service that is away is tried again, and then there is no answer', async () => {
  const { client, tally } = await open({ endpoint: 'http://127.0.0.1:1/scim' })
  await expect(client.send('list', LIST)).rejects.toThrow(NoAnswer)
  expect(tally).toMatchObject({ requests: 4, retries: 3, statuses: { network: 4 } })
})

test('an answer that does not come in time counts as none', async () => {
  const { client } = await open({ endpoint: await silentEndpoint(), timeoutSeconds: 0.02 })
  await expect(client.send('list', LIST)).rejects.toThrow('no answer within 0.02 s')
})

test('the token goes as bearer, key and secret as Basic', async () => {
  const bearer = await open({})
  await bearer.client.send('list', LIST)
  expect(bearer.service.received[0]?.headers.authorization).toBe('Bearer T0ken')
  const basic = await open({ credentials: { key: 'k', secret: 's:é' } })
  await basic.client.send('list', LIST)
  const sent = basic.service.received[0]?.headers.authorization?.replace('Basic ', '') ?? ''
  expect(Buffer.from(sent, 'base64').toString()).toBe('k:s:é')
})

test('Retry-After is a number of seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(retryAfterSeconds('30', now)).toBe(30)
  expect(retryAfterSeconds('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60)
  expect(retryAfterSeconds('Thu, 01 Jan 2020 00:00:00 GMT', now)).toBe(0)
  expect(retryAfterSeconds('soon', now)).toBeUndefined()
  expect(retryAfterSeconds(undefined, now)).toBeUndefined()
})

async function silentEndpoint(): Promise<string> {
  const { createServer } = await import('node:net')
  const server = createServer(() => {})
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
