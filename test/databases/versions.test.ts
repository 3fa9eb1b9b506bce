// The older PostgreSQL versions, each with the kind of user that managed services give. The whole matrix is `npm run
// test:databases`.
import { expect, test } from 'vitest'
import { firstStart } from './first-start.ts'
import { installPostgres } from './install.ts'
import { makeUsers } from './roles.ts'
import { startServer } from './server.ts'

test.each([15, 16, 17])(
  'on PostgreSQL %i the service starts, serves, and its audit log is whole',
  async (version) => {
    const server = await startServer(installPostgres(version))
    try {
      expect(server.version).toBe(version)
      await firstStart(server.superuser, await makeUsers(server, 'create-role'))
    } finally {
      await server.remove()
    }
  },
  300_000,
)
