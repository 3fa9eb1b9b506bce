import { inject, test } from 'vitest'
import { firstStart } from '#test/databases/first-start.ts'
import type { Login } from '#test/databases/server.ts'

test('the service starts on an empty database, serves, starts again without the owner, and its audit log is whole', async () => {
  await firstStart(inject('cluster') as Login, inject('roles'))
}, 180_000)
