// `npm run test:databases`: what depends on the database, on every version and every way in that operations.md names.
import { defineConfig } from 'vitest/config'
import { ROLE_SETUPS } from './test/databases/roles.ts'

const VERSIONS = [15, 16, 17, 18]

export default defineConfig({
  test: {
    projects: VERSIONS.flatMap((version) =>
      ROLE_SETUPS.map((roles) => ({
        test: {
          name: `${version} ${roles}`,
          include: [
            'test/scim/conversations.test.ts',
            'test/scim/isolation.test.ts',
            'test/databases/cells/*.test.ts',
          ],
          pool: 'forks' as const,
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ['test/databases/setup.ts'],
        },
      })),
    ),
  },
})
