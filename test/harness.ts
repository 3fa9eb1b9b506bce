// One house for a test file: the whole service on a database of its own, entered by its front door over real HTTP.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger, FastifyContextConfig, FastifyInstance } from 'fastify'
import type { Role } from '#administrators/administrators.ts'
import { openApiKeyUse } from '#administrators/api-keys/api-key-use.ts'
import type { AuditContext } from '#audit/record.ts'
import { actOnUsersJob, USER_JOB } from '#directory/administration/user-job.ts'
import { PROFILES_JOB, recomputeProfilesJob } from '#directory/profiles/recompute-profiles.ts'
import { gatewayDoor } from '#http/gateway/door.ts'
import { oauthDoor } from '#http/oauth/door.ts'
import { operatorDoor } from '#http/operator/door.ts'
import { API_PREFIX, portalDoor } from '#http/portal/door.ts'
import { portalPages } from '#http/portal/spa.ts'
import { SCIM_PREFIX, scimDoor } from '#http/scim/door.ts'
import { buildServer } from '#http/server.ts'
import { signInDoor } from '#http/sign-in/door.ts'
import { createIdentityProvider, type NewIdentityProvider } from '#identity-providers/create.ts'
import { openAuthenticator } from '#identity-providers/credentials/authenticate.ts'
import {
  type IssuedCredentials,
  issueCredentials,
  retireCredential,
} from '#identity-providers/credentials/credentials.ts'
import { openLastSeen } from '#identity-providers/last-seen.ts'
import { openUnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { runBatch } from '#jobs/worker.ts'
import { type Activity, openActivity } from '#logs/activity.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { createSeal } from '#platform/crypto/seal.ts'
import { type Database, openDatabase, SYSTEM } from '#platform/database/database.ts'
import { raw as rawSql, sql } from '#platform/database/sql.ts'
import { openDns } from '#platform/network/dns.ts'
import { openFetch } from '#platform/network/fetch.ts'
import type { Mailer } from '#platform/network/mail.ts'
import type { Sms } from '#platform/network/sms.ts'
import type { Connection } from '#platform/postgres/embedded.ts'
import { openRequestLog, type RequestLog } from '#request-log/request-log.ts'
import { type ApiClient, type Named, signedIn } from './portal-client.ts'
import { type RawRequest, type RawResponse, raw } from './raw-http.ts'
import { cloneDatabase } from './setup/database.ts'

// What comes back over the wire has the shape that the test expects of it; a wrong guess fails the test.
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not processed
type Answer = any

export interface JsonResponse extends RawResponse {
  readonly json: Answer
}

export interface Event {
  readonly action: string
  readonly actorType: string
  readonly objectType: string
  readonly objectName: string
  readonly result: string
  readonly change: string | null
}

/** An identity provider of the house, with credentials, as its SCIM client sees the service. */
export interface ProvidedIdp {
  readonly id: string
  readonly tenantId: string
  /** Absolute base URL of its SCIM endpoint. */
  readonly endpoint: string
  readonly credentialId: string
  readonly key: string
  readonly secret: string
  readonly token: string
  /** The audit context of what an administrator does in its tenant. */
  readonly operator: AuditContext
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<JsonResponse>
  get(path: string, headers?: Record<string, string>): Promise<JsonResponse>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<JsonResponse>
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<JsonResponse>
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<JsonResponse>
  delete(path: string, headers?: Record<string, string>): Promise<JsonResponse>
  /** Its part of the audit log, oldest first. */
  events(): Promise<Event[]>
}

export interface IdpWish {
  /** Slug of a tenant that was made before; its own new one otherwise. */
  readonly tenant?: string
  readonly name?: string
  readonly mode?: 'lenient' | 'strict'
  readonly autoProvisioning?: boolean
}

export interface HouseWish {
  /** SCIM requests a second and identity provider; unlimited otherwise. */
  readonly ratePerSecond?: number
  /** What outgoing requests may reach beside the public network. */
  readonly allowPrivateNetworks?: readonly string[]
  /** As which the service is reached; where it listens otherwise. Passkeys need a host name. */
  readonly publicUrl?: string | (() => string)
  readonly mailer?: Mailer
  /** Stands between the service and its database, to lose answers for example. */
  readonly between?: (db: Database) => Database
  /** Another process on the same database. */
  readonly beside?: Pick<House, 'connection' | 'serving'>
  readonly sms?: Sms
  /** Name servers that proofs of domains are asked of. */
  readonly dnsServers?: readonly string[]
  /** By which cursors and one-time codes age. */
  readonly clock?: Clock
  /** Whose forwarding headers the gateway takes; this machine's otherwise. */
  readonly trustedProxies?: readonly string[]
  /** Whose forwarding headers say who the client is; nobody's otherwise. */
  readonly proxiesOfClients?: readonly string[]
  readonly log?: FastifyBaseLogger
  /** Sees the server before its doors are opened. */
  readonly prepare?: (server: FastifyInstance) => void
}

export interface House {
  readonly url: string
  readonly db: Database
  /** Around the service, as the superuser of its database. */
  readonly connection: Connection
  /** What the service itself logs in by. */
  readonly serving: Connection
  readonly server: FastifyInstance
  readonly requestLog: RequestLog
  readonly activity: Activity
  /** Every route below `/scim/v2`, as the server registered it. */
  readonly scimRoutes: readonly { readonly method: string; readonly url: string }[]
  /** Every route of the portal's API, with what it asks of whoever uses it. */
  readonly apiRoutes: readonly (FastifyContextConfig & { readonly method: string; readonly url: string })[]
  /** Writes when API keys were used, now and not a second later. */
  flushApiKeyUse(): Promise<void>
  /** Makes a tenant. @returns its id */
  tenant(slug: string): Promise<string>
  identityProvider(wish?: IdpWish): Promise<ProvidedIdp>
  /** Connects one through which people can sign in, with auto-provisioning on. */
  connect(tenantId: string, input: NewIdentityProvider): Promise<ProvidedIdp>
  raw(request: RawRequest): Promise<RawResponse>
  /** An administrator of the tenant, signed in to the portal. */
  administrator(tenantId: string, role?: Role, named?: Named): Promise<ApiClient>
  /** Writes the names of unknown attributes that are collected, now and not a second later. */
  flushUnknown(): Promise<void>
  retireCredential(idp: ProvidedIdp): Promise<void>
  /** Does what waits in the background, until nothing is due. */
  runJobs(): Promise<void>
  expireCredential(idp: ProvidedIdp): Promise<void>
  /** All rows of a table, for tests that look for what must not be there. */
  dump(table: string): Promise<object[]>
  close(): Promise<void>
}

/** Opens a house on a fresh clone of the migrated database. Close it when the file is done. */
export async function openHouse({
  ratePerSecond = 0,
  clock = systemClock,
  allowPrivateNetworks = [],
  publicUrl,
  mailer,
  beside,
  between = (db) => db,
  sms,
  trustedProxies = ['127.0.0.1'],
  dnsServers = [],
  proxiesOfClients = [],
  log,
  prepare,
}: HouseWish = {}): Promise<House> {
  const { connection, serving, drop } = beside
    ? { connection: beside.connection, serving: beside.serving, drop: async () => {} }
    : await cloneDatabase()
  const db = between(openDatabase({ connection: serving }))
  const authenticator = openAuthenticator(db, systemClock)
  const lastSeen = openLastSeen(db, systemClock)
  const unknownAttributes = openUnknownAttributes(db, systemClock)
  const requestLog = openRequestLog(db, systemClock, { days: 7 })
  await requestLog.makeRoom()
  const apiKeyUse = openApiKeyUse(db, systemClock)
  const scimRoutes: { method: string; url: string }[] = []
  const apiRoutes: House['apiRoutes'][number][] = []
  const server: FastifyInstance = buildServer({
    log,
    trustedProxies: proxiesOfClients,
    tls: undefined,
    publicUrl: () => reachedAt(),
  })
  prepare?.(server)
  server.addHook('onRoute', ({ method, url, config }) => {
    const names = [method].flat()
    if (url.startsWith(API_PREFIX)) apiRoutes.push(...names.map((one) => ({ method: one, url, ...config })))
    if (url.startsWith(SCIM_PREFIX)) scimRoutes.push(...names.map((one) => ({ method: one, url })))
  })
  const seal = createSeal('a secret of this test that nobody guesses')
  const url = () => `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const reachedAt = () => (typeof publicUrl === 'function' ? publicUrl() : (publicUrl ?? url()))
  await server.register(operatorDoor, {
    db,
    doors: ['scim', 'sign-in', 'gateway', 'portal'],
    serving: () => true,
  })
  await server.register(oauthDoor, { authenticator, publicUrl: url })
  await server.register(scimDoor, {
    db,
    authenticator,
    lastSeen,
    unknownAttributes,
    requestLog,
    publicUrl: url,
    ratePerSecond,
    seal,
    clock,
    prefix: SCIM_PREFIX,
  })
  await server.register(portalPages)
  const activity = openActivity(db, 'test')
  const people = { db, seal, clock, publicUrl: reachedAt, mailer, activity }
  const fetch = openFetch({ allowPrivateNetworks })
  // The identity providers of tests are on this machine.
  const nearFetch = openFetch({ allowPrivateNetworks: ['127.0.0.0/8'] })
  await server.register(signInDoor, { ...people, sms, fetch: nearFetch })
  await server.register(gatewayDoor, { ...people, trustedProxies })
  const dns = openDns(dnsServers)
  await server.register(portalDoor, {
    ...people,
    fetch,
    dns,
    apiKeyUse,
    requestLogDays: 7,
    deletedUserDays: 30,
    prefix: API_PREFIX,
  })
  await server.listen({ host: '127.0.0.1', port: 0 })

  async function tenant(slug: string): Promise<string> {
    const id = randomUUID()
    await db.run(
      SYSTEM,
      sql`insert into tenant (id, slug, name) values (${id}, ${slug.slice(0, 60).toLowerCase()}, ${slug})`,
    )
    return id
  }

  async function identityProvider(wish: IdpWish = {}): Promise<ProvidedIdp> {
    const slug = (wish.tenant ?? `t-${randomUUID()}`).slice(0, 60).toLowerCase()
    const [known] = await db.run<{ id: string }>(SYSTEM, sql`select id from tenant where slug = ${slug}`)
    const tenantId = known?.id ?? (await tenant(slug))
    const operator: AuditContext = { tenantId, actor: { type: 'operator', name: 'test' } }
    const id = randomUUID()
    const name = wish.name ?? `IdP ${id}`
    const credentials = await db.transaction({ tenantId }, async (tx) => {
      await tx.query(sql`insert into identity_provider (id, tenant_id, name, type, enabled, activation,
          auto_provisioning, mode)
        values (${id}, ${tenantId}, ${name}, 'saml', true, 'automatic', ${wish.autoProvisioning ?? true},
          ${wish.mode ?? 'lenient'})`)
      return issueCredentials(tx, operator, { id, name })
    })
    return connectedIdp(db, url(), operator, id, credentials)
  }

  async function connect(tenantId: string, input: NewIdentityProvider): Promise<ProvidedIdp> {
    const operator: AuditContext = { tenantId, actor: { type: 'operator', name: 'test' } }
    const wanted = { autoProvisioning: true, ...input }
    const { provider, credentials } = await createIdentityProvider(db, operator, wanted, seal)
    if (!credentials) throw new Error('no credentials were issued')
    return connectedIdp(db, url(), operator, provider.id, credentials)
  }

  return {
    url: url(),
    db,
    connection,
    serving,
    server,
    requestLog,
    activity,
    scimRoutes,
    apiRoutes,
    flushApiKeyUse: () => apiKeyUse.flush(),
    tenant,
    identityProvider,
    connect,
    flushUnknown: () => unknownAttributes.flush(),
    raw: (request) => raw(url(), request),
    administrator: (tenantId, role = 'owner', named) => signedIn(url(), db, tenantId, role, named),
    retireCredential: async (idp) =>
      void (await retireCredential(db, idp.operator, idp.id, idp.credentialId)),
    expireCredential: async (idp) =>
      void (await db.run(
        { tenantId: idp.tenantId },
        sql`update scim_credential set expires_at = now() - interval '1 second' where id = ${idp.credentialId}`,
      )),
    runJobs: async () => {
      const fail = (error: unknown) => {
        throw error
      }
      while (await runBatch(db, { [USER_JOB]: actOnUsersJob, [PROFILES_JOB]: recomputeProfilesJob }, fail));
    },
    // In the order of their ids, which is the order of writing: a row that is changed later moves in the table.
    dump: (table) => db.run(SYSTEM, sql`select * from ${rawSql(table)} t order by to_jsonb(t)->>'id'`),
    async close() {
      await server.close()
      await lastSeen.close()
      await unknownAttributes.close()
      await requestLog.close()
      await apiKeyUse.close()
      await activity.close()
      await db.close()
      await drop()
    },
  }
}

function connectedIdp(
  db: Database,
  url: string,
  operator: AuditContext,
  id: string,
  { id: credentialId, key, secret, token }: IssuedCredentials,
): ProvidedIdp {
  const base = `/scim/v2/${id}`
  const request: ProvidedIdp['request'] = async (method, path, body, headers = {}) => {
    const response = await raw(url, {
      method,
      path: base + path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { ...response, json: response.text === '' ? undefined : JSON.parse(response.text) }
  }
  return {
    id,
    tenantId: operator.tenantId,
    endpoint: url + base,
    credentialId,
    key,
    secret,
    token,
    operator,
    request,
    get: (path, headers) => request('GET', path, undefined, headers),
    post: (path, body, headers) => request('POST', path, body, headers),
    put: (path, body, headers) => request('PUT', path, body, headers),
    patch: (path, body, headers) => request('PATCH', path, body, headers),
    delete: (path, headers) => request('DELETE', path, undefined, headers),
    events: () =>
      db.run<Event>(
        { tenantId: operator.tenantId },
        sql`select action, actor_type as "actorType", object_type as "objectType", object_name as "objectName", result,
          change from audit_event where tenant_id = ${operator.tenantId} and idp_id = ${id} order by at, id`,
      ),
  }
}
