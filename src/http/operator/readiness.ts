// Checks whether each open door can do its work by running a real query of it, on the connections that its requests use.
import { performance } from 'node:perf_hooks'
import { findGatewaySession } from '#access/gateway-session.ts'
import { findSession as findAdministratorSession } from '#administrators/sign-in/sessions.ts'
import { checkDirectory } from '#directory/check.ts'
import { Unauthenticated } from '#errors.ts'
import { lookUp } from '#identity-providers/credentials/look-up.ts'
import { newScopedToken, type ScopedTokenKind } from '#platform/crypto/scoped-tokens.ts'
import { isReadOnlyServer } from '#platform/database/connect/route.ts'
import type { Database } from '#platform/database/database.ts'
import { findSession } from '#sign-in/sessions/sessions.ts'

export interface Readiness {
  readonly database: 'ready' | 'read-only' | 'unavailable'
  readonly doors: Readonly<Record<string, 'ready' | 'unavailable'>>
}

type Check = (db: Database) => Promise<unknown>

/** A tenant that doesn't exist, so the queries find nothing. */
const NO_TENANT = '00000000-0000-0000-0000-000000000000'
const unknownToken = (kind: ScopedTokenKind) => newScopedToken(kind, NO_TENANT)

const CHECKS = {
  scim: async (db) => {
    await Promise.all([findUnknownCredentials(db), checkDirectory(db)])
  },
  'sign-in': (db) => findSession(db, unknownToken('userSession')),
  gateway: (db) =>
    findGatewaySession(db, 'nobody', 'https://nobody.invalid', unknownToken('applicationSession')),
  portal: (db) => findAdministratorSession(db, unknownToken('session')),
} satisfies Record<string, Check>
export type DoorName = keyof typeof CHECKS

async function findUnknownCredentials(db: Database): Promise<void> {
  await lookUp(db, { kind: 'token', digest: Buffer.alloc(32) }).catch((error) => {
    if (!(error instanceof Unauthenticated)) throw error
  })
}

/** Monitoring doesn't wait longer for a response. */
const TIMEOUT_MILLISECONDS = 2_000

/** Returns a function that checks all doors. Calls during a check share its result, so that they cost no further queries. */
export function openReadiness(db: Database, doors: readonly DoorName[]): () => Promise<Readiness> {
  let checking: Promise<Readiness> | undefined
  return () => {
    checking ??= checkDoors(withTimeout(db), doors).finally(() => {
      checking = undefined
    })
    return checking
  }
}

async function checkDoors(db: Database, doors: readonly DoorName[]): Promise<Readiness> {
  const [ping, ...checks] = await Promise.allSettled([db.ping(), ...doors.map((door) => CHECKS[door](db))])
  const found = doors.map(
    (door, place) => [door, checks[place]?.status === 'fulfilled' ? 'ready' : 'unavailable'] as const,
  )
  return { database: databaseState(ping), doors: Object.fromEntries(found) }
}

function databaseState(ping: PromiseSettledResult<unknown>): Readiness['database'] {
  if (ping.status === 'fulfilled') return 'ready'
  return isReadOnlyServer(ping.reason) ? 'read-only' : 'unavailable'
}

function withTimeout(db: Database): Database {
  const limited = <Scope extends object>(scope: Scope) => ({
    ...scope,
    giveUpAt: performance.now() + TIMEOUT_MILLISECONDS,
  })
  return {
    ...db,
    run: (scope, statement) => db.run(limited(scope), statement),
    read: (scope, statement) => db.read(limited(scope), statement),
  }
}
