// Writes users who are signed in to an application behind the gateway into the database, as a sign-in would. Signing
// in itself isn't measured.
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import pg from 'pg'
import { digestOf, newScopedToken } from '#platform/crypto/scoped-tokens.ts'
import type { Target } from './answer.ts'
import { query, type Stand } from './stand.ts'

const HOST = 'wiki.bench.example'

export interface Visit {
  readonly userId: string
  /** Short name of the user's tenant. */
  readonly slug: string
  /** The session token in the cookie of the application's host. */
  readonly token: string
}

/** Creates an application that every member of the group may access, and signs the users in. */
export async function signIn(
  { connection }: Stand,
  of: { idpId: string; groupId: string; userIds: readonly string[] },
): Promise<Visit[]> {
  const { idpId, groupId, userIds } = of
  const { id: tenantId, slug } = await tenantOf(connection, idpId)
  const application = randomUUID()
  const visits = userIds.map((userId) => ({
    userId,
    slug,
    token: newScopedToken('applicationSession', tenantId),
  }))
  const rows = visits.flatMap(({ userId, token }) => {
    const session = randomUUID()
    return [
      `insert into user_session (id, tenant_id, idp_id, user_id, digest)
        values ('${session}', '${tenantId}', '${idpId}', '${userId}', '\\x${digestOf(session).toString('hex')}')`,
      `insert into application_session (digest, tenant_id, application_id, session_id)
        values ('\\x${digestOf(token).toString('hex')}', '${tenantId}', '${application}', '${session}')`,
    ]
  })
  await query(
    connection,
    connection.database,
    `insert into application (id, tenant_id, name, origin, enabled)
      values ('${application}', '${tenantId}', 'Wiki', 'https://${HOST}', true)`,
    `insert into application_grant (application_id, subject_id, subject_type, tenant_id)
      values ('${application}', '${groupId}', 'Group', '${tenantId}')`,
    ...rows,
  )
  return visits
}

/** Returns a function that asks the gateway like a proxy does, over one connection. */
export function openAsker({ base }: Target, signal: AbortSignal) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = ({ slug, token }: Visit): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = {
        cookie: `__Host-doorlist-app-${slug}=${token}`,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': HOST,
        'x-forwarded-uri': '/page',
      }
      const url = `${new URL(base).origin}/gateway/${slug}/verify?redirect=no`
      const asked = request(url, { agent, signal, headers })
      asked.on('error', reject)
      asked.on('response', (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      asked.end()
    })
  return { ask, close: () => agent.destroy() }
}

async function tenantOf(
  connection: Stand['connection'],
  idpId: string,
): Promise<{ id: string; slug: string }> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const text =
      'select t.id, t.slug from tenant t join identity_provider i on i.tenant_id = t.id where i.id = $1'
    const { rows } = await client.query<{ id: string; slug: string }>(text, [idpId])
    if (!rows[0]) throw new Error(`there is no identity provider ${idpId}`)
    return rows[0]
  } finally {
    await client.end()
  }
}
