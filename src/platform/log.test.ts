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

test('an error keeps its message and stack, without the values of a row that collided', () => {
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

test('a request is logged without its query', () => {
  const req = {
    id: '1',
    method: 'GET',
    url: '/scim/v2/x/Users?filter=userName+eq+"ada"',
    ip: '::1',
    headers: { authorization: 'x' },
  }
  expect(written('info', (log) => log.info({ req }))[0]?.req).toEqual({
    id: '1',
    method: 'GET',
    url: '/scim/v2/x/Users',
    ip: '::1',
  })
})
