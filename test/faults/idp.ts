// An identity provider of a service in another process, made beside it in its database, and its SCIM client, which
// times every answer and notes each one that breaks a promise.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { issueCredentials } from '#identity-providers/credentials/credentials.ts'
import { openDatabase, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

/** Whatever happens behind the service, a client hears within this time. */
const LONGEST_MILLISECONDS = 5_000

export interface Idp {
  readonly id: string
  readonly tenantId: string
  readonly token: string
}

export async function makeIdp(connection: pg.ClientConfig): Promise<Idp> {
  const db = openDatabase({ connection, connections: 1 })
  const [id, tenantId, name] = [randomUUID(), randomUUID(), `IdP ${randomUUID()}`]
  try {
    const tenant = sql`insert into tenant (id, slug, name) values (${tenantId}, ${`t-${tenantId}`}, 'Faults')`
    await db.run(SYSTEM, tenant)
    const auditContext = { tenantId, actor: { type: 'operator', name: 'test' } } as const
    const { token } = await db.transaction({ tenantId }, async (tx) => {
      await tx.query(sql`insert into identity_provider (id, tenant_id, name, type, enabled, auto_provisioning)
        values (${id}, ${tenantId}, ${name}, 'saml', true, true)`)
      return issueCredentials(tx, auditContext, { id, name })
    })
    return { id, tenantId, token }
  } finally {
    await db.close()
  }
}

/** Runs one statement as the owner of the database, above all tenants. */
export async function ask<Row extends object>(
  connection: pg.ClientConfig,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

export interface Answer {
  /** 0: the connection broke before there was an answer. */
  readonly status: number
  readonly body: Record<string, unknown>
  readonly milliseconds: number
}

export interface Client {
  send(method: string, path: string, body?: unknown): Promise<Answer>
  /** Broken promises, in words; stays empty. */
  readonly violations: string[]
  /** How often each status was answered. */
  readonly statuses: Map<number, number>
  /** How long the slowest answer took, in milliseconds. */
  longest(): number
}

/** @param options.vanishes the service itself is killed in this test, so an answer may stay out */
export function openClient(url: () => string, idp: Idp, options: { vanishes?: boolean } = {}): Client {
  const violations: string[] = []
  const statuses = new Map<number, number>()
  let longest = 0

  function judge(what: string, answer: Answer, headers: Headers | undefined): void {
    const { status, milliseconds } = answer
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    longest = Math.max(longest, milliseconds)
    const complain = (problem: string) => void violations.push(`${what}: ${problem}`)
    if (milliseconds > LONGEST_MILLISECONDS) complain(`took ${Math.round(milliseconds)} ms`)
    if (status === 0 && !options.vanishes) complain('no answer')
    if (status === 0 || status < 400) return
    if (status !== 503) {
      complain(`${status} ${JSON.stringify(answer.body)}`)
      return
    }
    if (!(Number(headers?.get('retry-after')) > 0)) complain('503 without Retry-After')
    if (!headers?.get('content-type')?.startsWith('application/scim+json')) complain('503 of another type')
    const { schemas, status: repeated, detail } = answer.body
    const words = JSON.stringify([schemas, repeated, typeof detail])
    if (words !== '[["urn:ietf:params:scim:api:messages:2.0:Error"],"503","string"]') {
      complain(`503 is no SCIM error: ${JSON.stringify(answer.body)}`)
    }
  }

  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    const started = performance.now()
    const headers = { authorization: `Bearer ${idp.token}`, 'content-type': 'application/scim+json' }
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    let response: Response | undefined
    let answer: Answer
    try {
      response = await fetch(`${url()}/scim/v2/${idp.id}${path}`, {
        ...request,
        signal: AbortSignal.timeout(LONGEST_MILLISECONDS * 2),
      })
      const text = await response.text()
      const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
      answer = { status: response.status, body: parsed, milliseconds: performance.now() - started }
    } catch {
      answer = { status: 0, body: {}, milliseconds: performance.now() - started }
    }
    judge(`${method} ${path}`, answer, response?.headers)
    return answer
  }

  return { send, violations, statuses, longest: () => longest }
}
