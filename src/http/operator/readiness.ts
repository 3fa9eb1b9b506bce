// Whether each open door can do its work: a real statement of it, on the connections that its requests use.
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

const NOBODY = '00000000-0000-0000-0000-000000000000'
const tokenOfNobody = (kind: ScopedTokenKind) => newScopedToken(kind, NOBODY)

const CHECKS = {
  scim: async (db) => {
    await Promise.all([findUnknownCredentials(db), checkDirectory(db)])
  },
  'sign-in': (db) => findSession(db, tokenOfNobody('userSession')),
  gateway: (db) =>
    findGatewaySession(db, 'nobody', 'https://nobody.invalid', tokenOfNobody('applicationSession')),
  portal: (db) => findAdministratorSession(db, tokenOfNobody('session')),
} satisfies Record<string, Check>
export type DoorName = keyof typeof CHECKS

async function findUnknownCredentials(db: Database): Promise<void> {
  await lookUp(db, { kind: 'token', digest: Buffer.alloc(32) }).catch((error) => {
    if (!(error instanceof Unauthenticated)) throw error
  })
}

/** Whoever watches the service doesn't wait longer for an answer. */
const PATIENCE_MILLISECONDS = 2_000

/** @returns looks at all doors; who asks while it looks gets the same answer, so that the database is not asked more often */
export function openReadiness(db: Database, doors: readonly DoorName[]): () => Promise<Readiness> {
  let looking: Promise<Readiness> | undefined
  return () => {
    looking ??= look(impatient(db), doors).finally(() => {
      looking = undefined
    })
    return looking
  }
}

async function look(db: Database, doors: readonly DoorName[]): Promise<Readiness> {
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

function impatient(db: Database): Database {
  const limited = <Scope extends object>(scope: Scope) => ({
    ...scope,
    giveUpAt: performance.now() + PATIENCE_MILLISECONDS,
  })
  return {
    ...db,
    run: (scope, statement) => db.run(limited(scope), statement),
    read: (scope, statement) => db.read(limited(scope), statement),
  }
}
