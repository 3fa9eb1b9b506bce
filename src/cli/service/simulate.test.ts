import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openFakeService } from '#simulator/fake-service.ts'
import { simulateCommand } from './simulate.ts'

const TOKEN = 'T0ken-of-this-test'

beforeEach(() => {
  vi.stubEnv('DOORLIST_SIMULATE_TOKEN', undefined)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
})

const out = () =>
  vi
    .mocked(process.stdout.write)
    .mock.calls.map(([text]) => text)
    .join('')
const errors = () =>
  vi
    .mocked(process.stderr.write)
    .mock.calls.map(([text]) => text)
    .join('')

async function open(intercept?: Parameters<typeof openFakeService>[0]) {
  const service = await openFakeService(intercept)
  onTestFinished(service.close)
  return service
}

const run = (...words: string[]) => simulateCommand().parseAsync(words, { from: 'user' })
const small = ['--users', '5', '--groups', '2']

test('with --json the output is one JSON object, and the token comes from the environment', async () => {
  const { endpoint, received } = await open()
  vi.stubEnv('DOORLIST_SIMULATE_TOKEN', TOKEN)
  await run('okta', '--endpoint', endpoint, ...small, '--cycles', '1', '--json')
  expect(JSON.parse(out())).toMatchObject({ dialect: 'okta', errors: 0, groups: 2 })
  expect(received[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
  expect(process.exitCode).toBeUndefined()
})

test('key and secret on the command line win over a token in the environment', async () => {
  const { endpoint, received } = await open()
  vi.stubEnv('DOORLIST_SIMULATE_TOKEN', TOKEN)
  await run('google', '--endpoint', endpoint, ...small, '--key', 'k', '--secret', 's')
  expect(received[0]?.headers.authorization).toMatch(/^Basic /)
  expect(out()).toContain('google: 5 users and 0 groups')
})

test('wrong answers end with exit code 1 and never show the token', async () => {
  const { endpoint } = await open(() => ({ status: 401 }))
  await run('entra', '--endpoint', endpoint, ...small, '--token', TOKEN)
  expect(process.exitCode).toBe(1)
  expect(out()).toContain('the connection test failed')
  expect(out() + errors()).not.toContain(TOKEN)
})

test.each([
  ['an unknown identity provider', ['oktaa', '--endpoint', 'http://h/', '--token', TOKEN]],
  ['no endpoint', ['okta', '--token', TOKEN]],
  ['an endpoint that is no URL', ['okta', '--endpoint', 'localhost', '--token', TOKEN]],
  ['no credentials', ['okta', '--endpoint', 'http://h/']],
  ['a key without its secret', ['okta', '--endpoint', 'http://h/', '--key', 'k']],
  [
    'a token beside a key',
    ['okta', '--endpoint', 'http://h/', '--token', TOKEN, '--key', 'k', '--secret', 's'],
  ],
  ['a count that is none', ['okta', '--endpoint', 'http://h/', '--token', TOKEN, '--users', '-3']],
])('%s is wrong usage: exit code 2 and one clear line', async (_, words) => {
  await expect(run(...words)).rejects.toThrow('exit 2')
  expect(errors()).toMatch(/^error: /)
  expect(errors()).not.toContain(TOKEN)
})
