// The wiring of `doorlist serve`: everything that runs is made here and handed what it needs, and stopped in reverse.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import { ensureAuditPartitions } from '#audit/partitions.ts'
import { sealAudit } from '#audit/seal.ts'
import type { Config } from '#config.ts'
import { purgeOrphans, purgeRevisions } from '#directory/purge.ts'
import { PROFILES_JOB, recomputeProfilesJob } from '#directory/recompute-profiles.ts'
import { actOnUsersJob, USER_JOB } from '#directory/user-job.ts'
import { Unavailable } from '#errors.ts'
import { purgeCeremonies } from '#factors/ceremonies.ts'
import { purgeGateways } from '#gateways/list.ts'
import { gatewayName } from '#gateways/name.ts'
import { openPresence } from '#gateways/presence.ts'
import { gatewayDoor } from '#http/gateway/door.ts'
import { oauthDoor } from '#http/oauth/door.ts'
import { measureRequests, operatorDoor } from '#http/operator/door.ts'
import { API_PREFIX, portalDoor } from '#http/portal/door.ts'
import { portalPages } from '#http/portal/spa.ts'
import { SCIM_PREFIX, scimDoor } from '#http/scim/door.ts'
import { buildServer } from '#http/server.ts'
import { signInDoor } from '#http/sign-in/door.ts'
import { openAuthenticator } from '#identity-providers/authenticate.ts'
import { checkVerifiedDomains } from '#identity-providers/check-domains.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { openLastSeen } from '#identity-providers/last-seen.ts'
import { openSeal } from '#identity-providers/secrets.ts'
import { openUnknownAttributes } from '#identity-providers/unknown-attributes.ts'
import { openJobWorker, purgeJobs } from '#jobs/worker.ts'
import { type Activity, openActivity } from '#logs/activity.ts'
import { purgeLogs } from '#logs/purge.ts'
import { openSystemLog, type SystemLog } from '#logs/system.ts'
import { systemClock } from '#platform/clock.ts'
import { type Database, openDatabase } from '#platform/database.ts'
import { openDns } from '#platform/dns.ts'
import { openFetch } from '#platform/fetch.ts'
import { createLog, type Log } from '#platform/log.ts'
import { openMailer } from '#platform/mail.ts'
import { migrate } from '#platform/migrations.ts'
import { startPostgres } from '#platform/postgres.ts'
import type { Seal } from '#platform/seal.ts'
import { openSms, type Sms } from '#platform/sms.ts'
import { readVersion } from '#platform/version.ts'
import { openRequestLog, type RequestLog } from '#request-log/request-log.ts'
import { purgeUserSignIns } from '#sign-in/housekeeping.ts'
import { createAdministrator, hasOwner } from '#tenancy/administrators.ts'
import { openApiKeyUse } from '#tenancy/api-key-use.ts'
import { purgeSignIns } from '#tenancy/housekeeping.ts'
import { createSetupLink } from '#tenancy/setup-link.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { welcome } from './welcome.ts'

/** Requests that run when the service is told to stop get this long to end. */
const DRAIN_MILLISECONDS = 8_000
const IDLE_MILLISECONDS = 50
const DAY_MILLISECONDS = 86_400_000
const SEAL_MILLISECONDS = 2_000

export interface Service {
  /** How it is reached, without a trailing slash. */
  readonly url: string
  readonly db: Database
  /** On a first run: where the first owner is made. */
  readonly setupLink: string | undefined
  /** Lets running requests end, then stops what was started. */
  stop(): Promise<void>
}

/** Things to undo, in reverse order, whatever happens to one of them. */
type Undo = (() => Promise<unknown> | unknown)[]

async function undoAll(undo: Undo, log: Log): Promise<void> {
  for (const step of undo.reverse()) {
    try {
      await step()
    } catch (error) {
      log.error({ err: error }, 'a part of the service did not stop cleanly')
    }
  }
}

/** Starts the service; when a part cannot start, what was started before is stopped again. */
export async function startService(config: Config, log: Log): Promise<Service> {
  const undo: Undo = []
  try {
    const { db, applied } = await openStore(config, log, undo)
    const logs = openLogs(db, config, log, undo)
    if (applied.length > 0)
      logs.system.record({ event: 'database-migrated', name: applied.at(-1) ?? '', detail: { applied } })
    const seal = await openSeal(db, config) // a missing or wrong key is found out now, not at the first secret
    const setupLink = await furnish(db, config)
    const server = await openDoors(db, seal, config, log, logs, undo)
    const url = config.publicUrl ?? listeningAt(server, config)
    await enterGateway(db, listeningAt(server, config), config, log, logs, undo)
    startHousekeeping(db, config, log, logs.system, undo)
    startJobs(db, log, undo)
    return {
      url,
      db,
      setupLink: setupLink && `${url}/admin/setup/${setupLink}`,
      stop: () => undoAll(undo, log),
    }
  } catch (error) {
    await undoAll(undo, log)
    throw error
  }
}

async function openStore(config: Config, log: Log, undo: Undo): Promise<{ db: Database; applied: string[] }> {
  let connection: { connectionString: string } | Awaited<ReturnType<typeof startPostgres>>['connection']
  if (config.databaseUrl) connection = { connectionString: config.databaseUrl }
  else {
    const onExit = (problem: Error) =>
      log.error({ err: problem }, 'the embedded PostgreSQL was lost; starting it again')
    const postgres = await startPostgres({ dataDir: config.dataDir, onExit })
    undo.push(() => postgres.stop())
    connection = postgres.connection
  }
  const applied = await migrate(connection)
  if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought up to date')
  const db = openDatabase({
    connection,
    onError: (error) => log.warn({ err: error }, 'a connection to the database was lost'),
  })
  undo.push(() => db.close())
  await ensureAuditPartitions(db)
  return { db, applied }
}

/** What the service tells its administrators of itself, and of who comes and goes. */
interface Logs {
  /** Of this process among the app gateways. */
  readonly gateway: string
  readonly system: SystemLog
  readonly activity: Activity
}

function openLogs(db: Database, config: Config, log: Log, undo: Undo): Logs {
  const gateway = config.name ?? gatewayName({ ...config, hostName: hostname() })
  const onError = tellUnlessAway((error) => log.warn({ err: error }, 'events of a log could not be written'))
  const system = openSystemLog(db, gateway, { onError })
  undo.push(() => system.close())
  const onLost = (count: number) =>
    system.record({ event: 'entries-lost', name: 'activity log', detail: { count } })
  const activity = openActivity(db, gateway, { onError, onLost })
  undo.push(() => activity.close())
  return { gateway, system, activity }
}

/** A database that is away is told of by the heartbeat. */
function tellUnlessAway(tell: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Unavailable)) tell(error)
  }
}

/** From now on this process is one of the app gateways, until it stops. */
async function enterGateway(
  db: Database,
  address: string,
  { role }: Config,
  log: Log,
  { gateway: name, system }: Logs,
  undo: Undo,
): Promise<void> {
  const gateway = { name, version: readVersion(), address, role }
  const onError = (error: unknown) => log.warn({ err: error }, 'a heartbeat failed')
  const presence = await openPresence(db, { gateway, systemLog: system, onError })
  system.record({ event: 'service-started', name, detail: { version: gateway.version, address, role } })
  undo.push(async () => {
    system.record({ event: 'service-stopped', name })
    await presence.stop()
  })
}

/**
 * What is there from the first start on: the default tenant with its local identity provider, and its first owner, from
 * the settings or by a link that is printed.
 * @returns the link's token
 */
async function furnish(db: Database, { firstAdmin }: Config): Promise<string | undefined> {
  const tenant = await ensureDefaultTenant(db)
  const witness = { tenantId: tenant.id, actor: { type: 'system', name: 'first start' } } as const
  await ensureLocalIdentityProvider(db, witness)
  if (await hasOwner(db, tenant.id)) return undefined
  if (!firstAdmin) return createSetupLink(db, tenant.id)
  await createAdministrator(db, witness, { ...firstAdmin, name: firstAdmin.email, role: 'owner' })
  return undefined
}

async function openDoors(
  db: Database,
  seal: Seal,
  config: Config,
  log: Log,
  logs: Logs,
  undo: Undo,
): Promise<FastifyInstance> {
  let draining = false
  const authenticator = openAuthenticator(db, systemClock, { accessTokenMinutes: config.tokenMinutes })
  const lastSeen = openLastSeen(db, systemClock, (error) =>
    log.warn({ err: error }, 'last use could not be stamped'),
  )
  undo.push(() => lastSeen.close())
  const unknownAttributes = openUnknownAttributes(db, systemClock, (error) =>
    log.warn({ err: error }, 'unknown attributes could not be noted'),
  )
  undo.push(() => unknownAttributes.close())
  const requestLog = await startRequestLog(db, config, log, undo)
  const server = buildServer({ log, trustedProxies: config.trustedProxies, tls: readTls(config) })
  let reachedAt = config.publicUrl
  const publicUrl = () => {
    reachedAt ??= listeningAt(server, config)
    return reachedAt
  }
  await server.register(operatorDoor, {
    db,
    serving: () => !draining,
    metrics: await openMetrics(server, config, requestLog),
  })
  if (config.role !== 'portal') {
    await server.register(oauthDoor, { authenticator, publicUrl })
    const ratePerSecond = config.scimRate
    await server.register(scimDoor, {
      db,
      authenticator,
      lastSeen,
      unknownAttributes,
      requestLog,
      publicUrl,
      ratePerSecond,
      seal,
      prefix: SCIM_PREFIX,
    })
  }
  const mailer = config.smtpUrl === undefined ? undefined : openMailer(config.smtpUrl, mailFrom(config))
  undo.push(() => mailer?.close())
  const fetch = openFetch(config)
  await server.register(signInDoor, {
    db,
    seal,
    clock: systemClock,
    publicUrl,
    mailer,
    activity: logs.activity,
    sms: openSmsOf(config),
    fetch,
  })
  await server.register(gatewayDoor, {
    db,
    seal,
    clock: systemClock,
    publicUrl,
    activity: logs.activity,
    trustedProxies: config.trustedProxies,
  })
  if (config.role !== 'gateway') {
    await server.register(portalPages)
    const apiKeyUse = openApiKeyUse(db, systemClock, (error) =>
      log.warn({ err: error }, 'the use of API keys could not be stamped'),
    )
    undo.push(() => apiKeyUse.close())
    await server.register(portalDoor, {
      db,
      seal,
      clock: systemClock,
      publicUrl,
      fetch,
      dns: openDns(config.dnsServers),
      mailer,
      apiKeyUse,
      activity: logs.activity,
      requestLogDays: config.requestLogDays,
      prefix: API_PREFIX,
    })
  }
  await server.listen({ host: config.host, port: config.port })
  undo.push(async () => {
    draining = true
    // Connections that are kept open without a request would hold the process; those with one get their time.
    const idle = setInterval(() => server.server.closeIdleConnections(), IDLE_MILLISECONDS)
    const late = setTimeout(() => server.server.closeAllConnections(), DRAIN_MILLISECONDS)
    await server.close()
    clearInterval(idle)
    clearTimeout(late)
  })
  return server
}

async function startRequestLog(db: Database, config: Config, log: Log, undo: Undo): Promise<RequestLog> {
  const onError = (error: unknown) => log.warn({ err: error }, 'the log of SCIM requests could not be kept')
  const requestLog = openRequestLog(db, systemClock, { days: config.requestLogDays, onError })
  undo.push(() => requestLog.close())
  await requestLog.makeRoom().catch(onError) // nothing needs it to start
  return requestLog
}

const SMS_MILLISECONDS = 10_000

function openSmsOf({ smsWebhook, allowPrivateNetworks }: Config): Sms | undefined {
  if (!smsWebhook) return undefined
  const fetch = openFetch({ allowPrivateNetworks, milliseconds: SMS_MILLISECONDS })
  return openSms({ ...smsWebhook, fetch, clock: systemClock })
}

/** Where it is not set, an address at the host that the service is reached at. */
function mailFrom({ mailFrom: from, publicUrl }: Config): string {
  return from ?? `doorlist@${publicUrl === undefined ? 'localhost' : new URL(publicUrl).hostname}`
}

/** Measuring costs a little on each request (and 17 MiB to load), so it is done only where somebody may look. */
async function openMetrics(server: FastifyInstance, { metricsToken }: Config, requestLog: RequestLog) {
  if (!metricsToken) return undefined
  const { createMetrics } = await import('#platform/metrics.ts')
  const source = createMetrics()
  measureRequests(server, source)
  source.watchRequestLog(() => requestLog.counts())
  return { token: metricsToken, source }
}

function readTls({ tls }: Config): { cert: string; key: string } | undefined {
  return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') }
}

function listeningAt(server: FastifyInstance, { host, tls }: Config): string {
  const { port } = server.server.address() as AddressInfo
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What is done once in a while, off every request: partitions of the audit log, remains of what is gone or too old. */
function startHousekeeping(
  db: Database,
  { dnsServers }: Config,
  log: Log,
  systemLog: SystemLog,
  undo: Undo,
): void {
  const dns = openDns(dnsServers)
  const report = (name: string) => (error: unknown) => {
    log.warn({ err: error }, `${name} failed; it is tried again tomorrow`)
    systemLog.record({ event: 'work-failed', name })
  }
  const purge = () =>
    Promise.all([
      purgeOrphans(db),
      purgeRevisions(db),
      purgeSignIns(db),
      purgeCeremonies(db),
      purgeUserSignIns(db),
      purgeLogs(db),
      purgeGateways(db),
      purgeJobs(db),
    ]).catch(report('housekeeping'))
  const keep = () =>
    Promise.all([
      ensureAuditPartitions(db).catch(report('making audit partitions')),
      checkVerifiedDomains(db, dns).catch(report('checking domains')),
      purge(),
    ])
  const timer = setInterval(keep, DAY_MILLISECONDS)
  timer.unref()
  // One process seals; the others find its lock taken.
  const notSealed = tellUnlessAway((error) => {
    log.warn({ err: error }, 'the audit log could not be sealed')
    systemLog.record({ event: 'audit-not-sealed', name: 'Audit log' })
  })
  const sealer = setInterval(() => void sealAudit(db).catch(notSealed), SEAL_MILLISECONDS)
  sealer.unref()
  const first = purge() // the partitions were made before anything was served
  undo.push(() => {
    clearInterval(timer)
    clearInterval(sealer)
    return first
  })
}

/** Every process does jobs, whoever asked for them where. */
function startJobs(db: Database, log: Log, undo: Undo): void {
  const onError = tellUnlessAway((error) => log.warn({ err: error }, 'a batch of a job failed'))
  const worker = openJobWorker(
    db,
    { [USER_JOB]: actOnUsersJob, [PROFILES_JOB]: recomputeProfilesJob },
    onError,
  )
  undo.push(() => worker.close())
}

/** `doorlist serve`: runs until it is told to stop. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  const service = await startService(config, log)
  const database = config.databaseUrl ? 'external PostgreSQL' : 'embedded PostgreSQL'
  const { url: publicUrl, setupLink } = service
  // Measured from the start of the process; the terminal gets words, the log gets fields.
  const milliseconds = performance.now()
  process.stderr.write(welcome({ publicUrl, database, milliseconds, setupLink }))
  log.info({ publicUrl, database, milliseconds: Math.round(milliseconds) }, 'ready')
  await Promise.race([toldToStop(), struck(log)])
  log.info('draining')
  await service.stop()
  log.info('stopped')
}

/**
 * Resolves at an error that nobody caught. What is in memory can no longer be trusted: the service ends as if it were
 * told to, with exit code 1, and whoever watches over it starts it again.
 */
function struck(log: Log): Promise<void> {
  return new Promise((resolve) => {
    process.on('uncaughtException', (error, origin) => {
      log.fatal({ err: error, origin }, 'an error that nobody caught; stopping')
      process.exitCode = 1
      resolve()
    })
  })
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (told) process.exit(1)
        told = true
        resolve()
      })
    }
  })
}
