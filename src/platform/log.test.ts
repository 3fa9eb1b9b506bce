import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function written(
  level: string,
  write: (log: ReturnType<typeof createLog>) => void,
): Record<string, unknown>[] {
  const lines: string[] = []
  write(createLog(level, { write: (line) => void lines.push(line) }))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a line is one JSON object with time, level, message and fields', () => {
  const [line] = written('info', (log) => log.info({ tenant: 'acme', users: 3 }, 'provisioned'))
  expect(line).toMatchObject({ level: 'info', msg: 'provisioned', tenant: 'acme', users: 3 })
  expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test('lines below the level are left out', () => {
  expect(written('warn', (log) => log.info('quiet'))).toEqual([])
})

test.each(['authorization', 'Set-Cookie', 'cookie', 'access_token', 'clientSecret', 'password', 'apiKey'])(
  '%s is masked, at any depth',
  (name) => {
    const lines = written('info', (log) =>
      log.info({ [name]: 'hunter2', a: { b: [{ c: { [name]: 'hunter2' } }] } }),
    )
    expect(JSON.stringify(lines)).not.toContain('hunter2')
    expect(JSON.stringify(lines)).toContain(name)
  },
)

test('counts and flags about credentials stay readable', () => {
  expect(written('info', (log) => log.info({ tokens: 3, secretShown: true }))[0]).toMatchObject({
    tokens: 3,
    secretShown: true,
  })
})

test('an error keeps its message, code and place, without the values of a row that collided', () => {
  const error = Object.assign(new Error('duplicate key'), {
    detail: 'Key (user_name)=(ada)',
    code: '23505',
    token: 'hunter2',
  })
  const [line] = written('info', (log) => log.error(error, 'failed'))
  expect(line).toMatchObject({ msg: 'failed', err: { message: 'duplicate key', code: '23505' } })
  expect(JSON.stringify(line)).toContain('log.test.ts')
  expect(JSON.stringify(line)).not.toMatch(/ada|hunter2/)
})

test.each([
  [
    'a value that PostgreSQL refused',
    Object.assign(new Error('invalid input: "hunter2"'), { code: '22P02' }),
  ],
  ['text that is no JSON', thrownBy(() => JSON.parse('hunter2'))],
  ['the query of a URL', new Error('GET https://idp.example/token?code=hunter2 failed')],
  ['a password in a URL', new Error('connect smtps://mail:hunter2@mail.example:465')],
  [
    'what an answer held',
    Object.assign(new Error('refused'), { response: { body: 'hunter2' }, parameters: ['hunter2'] }),
  ],
])('%s is not logged, in a cause neither', (_title, cause) => {
  const lines = written('info', (log) => {
    log.error({ err: cause }, 'failed')
    log.error({ err: new AggregateError([cause], 'all failed') }, 'failed')
    log.error({ err: new Error('outer', { cause: new Error('inner', { cause }) }) }, 'failed')
  })
  expect(lines).toHaveLength(3)
  expect(JSON.stringify(lines)).toContain('log.test.ts')
  expect(JSON.stringify(lines)).not.toContain('hunter2')
})

function thrownBy(run: () => void): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

test('a request is logged by its route, without its path and query', () => {
  const req = {
    id: '1',
    method: 'GET',
    url: '/api/v1/links/hunter2?filter=userName+eq+"ada"',
    routeOptions: { url: '/api/v1/links/:token' },
    ip: '::1',
    headers: { authorization: 'x' },
  }
  expect(written('info', (log) => log.info({ req }))[0]?.req).toEqual({
    id: '1',
    method: 'GET',
    route: '/api/v1/links/:token',
    ip: '::1',
  })
})
