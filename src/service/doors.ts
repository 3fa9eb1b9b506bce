// Creates and opens the HTTP interfaces ("doors") of a process: SCIM, sign-in, gateway, portal. Its role decides
// which ones.
import type { FastifyInstance } from 'fastify'
import { openApiKeyUse } from '#administrators/api-keys/api-key-use.ts'
import { type Config, pagesFolder } from '#config.ts'
import { openAtFirstVisit } from '#http/first-visit.ts'
import { gatewayDoor } from '#http/gateway/door.ts'
import { oauthDoor } from '#http/oauth/door.ts'
import { measureRequests, operatorDoor } from '#http/operator/door.ts'
import type { DoorName } from '#http/operator/readiness.ts'
import { PORTAL_PATHS } from '#http/portal/paths.ts'
import { SCIM_PREFIX, scimDoor } from '#http/scim/door.ts'
import { buildServer } from '#http/server.ts'
import { SIGN_IN_PATHS } from '#http/sign-in/paths.ts'
import { openAuthenticator } from '#identity-providers/credentials/authenticate.ts'
import { openLastSeen } from '#identity-providers/last-seen.ts'
import { openUnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { systemClock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'
import { openDns } from '#platform/network/dns.ts'
import { openFetch } from '#platform/network/fetch.ts'
import { openMailer } from '#platform/network/mail.ts'
import { openSms, type Sms } from '#platform/network/sms.ts'
import type { WorkFigures } from '#platform/work-figures.ts'
import { openRequestLog, type RequestLog } from '#request-log/request-log.ts'
import { listeningAt, readTls } from './address.ts'
import type { Logs } from './logs.ts'
import type { Undo } from './undo.ts'

/** How long running requests may take to finish after a stop signal. */
const DRAIN_MILLISECONDS = 8_000
const IDLE_MILLISECONDS = 50
const SMS_MILLISECONDS = 10_000

/** What all doors are built from. */
interface DoorTools {
  readonly db: Database
  readonly seal: Seal
  readonly config: Config
  readonly log: Log
  readonly logs: Logs
  readonly figures: WorkFigures
  /** Warnings for operators about missing protection. */
  readonly warnings: readonly string[]
  readonly undo: Undo
}

/** The doors that a process opens, by its role. */
const DOORS: Readonly<Record<Config['role'], readonly DoorName[]>> = {
  all: ['scim', 'sign-in', 'gateway', 'portal'],
  gateway: ['scim', 'sign-in', 'gateway'],
  portal: ['sign-in', 'gateway', 'portal'],
}

/** Opens the doors and starts to listen. */
export async function openDoors(tools: DoorTools): Promise<FastifyInstance> {
  const { db, config, log, warnings, undo } = tools
  let draining = false
  const requestLog = await startRequestLog(tools)
  let reachedAt = config.publicUrl
  const publicUrl = () => {
    reachedAt ??= listeningAt(server, config)
    return reachedAt
  }
  const shared = { log, trustedProxies: config.trustedProxies, publicUrl }
  const server = buildServer({ ...shared, tls: readTls(config) })
  const metrics = await openMetrics(server, tools, requestLog)
  await server.register(operatorDoor, {
    db,
    doors: DOORS[config.role],
    warnings,
    serving: () => !draining,
    metrics,
  })
  if (config.role !== 'portal') await openScim(server, tools, requestLog, publicUrl)
  await openForPeople(server, tools, () => buildServer({ ...shared, tls: undefined }), publicUrl)
  await server.listen({ host: config.host, port: config.port })
  undo.push(async () => {
    draining = true
    // Idle keep-alive connections would keep the process running, so they are closed. Those with a request get time
    // to finish.
    const idle = setInterval(() => server.server.closeIdleConnections(), IDLE_MILLISECONDS)
    const late = setTimeout(() => server.server.closeAllConnections(), DRAIN_MILLISECONDS)
    await server.close()
    clearInterval(idle)
    clearTimeout(late)
  })
  return server
}

async function openScim(
  server: FastifyInstance,
  { db, seal, config, log, undo }: DoorTools,
  requestLog: RequestLog,
  publicUrl: () => string,
): Promise<void> {
  const authenticator = openAuthenticator(db, systemClock, { accessTokenMinutes: config.tokenMinutes })
  const lastSeen = openLastSeen(db, systemClock, (error) =>
    log.warn({ err: error }, 'last use could not be stamped'),
  )
  undo.push(() => lastSeen.close())
  const unknownAttributes = openUnknownAttributes(db, systemClock, (error) =>
    log.warn({ err: error }, 'unknown attributes could not be noted'),
  )
  undo.push(() => unknownAttributes.close())
  await server.register(oauthDoor, { authenticator, publicUrl })
  await server.register(scimDoor, {
    db,
    authenticator,
    lastSeen,
    unknownAttributes,
    requestLog,
    publicUrl,
    ratePerSecond: config.scimRate,
    seal,
    prefix: SCIM_PREFIX,
  })
}

/** Opens the gateway, and prepares sign-in and the portal, which are loaded at their first request. */
async function openForPeople(
  server: FastifyInstance,
  { db, seal, config, log, logs: { activity }, undo }: DoorTools,
  make: () => FastifyInstance,
  publicUrl: () => string,
): Promise<void> {
  const mailer = config.smtpUrl === undefined ? undefined : openMailer(config.smtpUrl, mailFrom(config))
  undo.push(() => mailer?.close())
  const shared = { db, seal, clock: systemClock, publicUrl, activity }
  const { trustedProxies } = config
  await server.register(gatewayDoor, { ...shared, trustedProxies })
  const ways = { ...shared, mailer, fetch: openFetch(config) }
  openAtFirstVisit(server, {
    paths: SIGN_IN_PATHS,
    make,
    async open(door) {
      const { signInDoor } = await import('#http/sign-in/door.ts')
      await door.register(signInDoor, { ...ways, sms: openSmsOf(config) })
    },
  })
  if (config.role === 'gateway') return
  const apiKeyUse = openApiKeyUse(db, systemClock, (error) =>
    log.warn({ err: error }, 'the use of API keys could not be stamped'),
  )
  undo.push(() => apiKeyUse.close())
  const { requestLogDays, deletedUserDays } = config
  openAtFirstVisit(server, {
    paths: PORTAL_PATHS,
    make,
    async open(door) {
      const [{ API_PREFIX, portalDoor }, { portalPages }] = await Promise.all([
        import('#http/portal/door.ts'),
        import('#http/portal/spa.ts'),
      ])
      await door.register(portalPages, { builtOutside: pagesFolder(config) })
      const dns = openDns(config.dnsServers)
      await door.register(portalDoor, {
        ...ways,
        dns,
        apiKeyUse,
        requestLogDays,
        deletedUserDays,
        prefix: API_PREFIX,
      })
    },
  })
}

async function startRequestLog({ db, config, log, undo }: DoorTools): Promise<RequestLog> {
  const onError = (error: unknown) => log.warn({ err: error }, 'the log of SCIM requests could not be kept')
  const requestLog = openRequestLog(db, systemClock, { days: config.requestLogDays, onError })
  undo.push(() => requestLog.close())
  await requestLog.makeRoom().catch(onError) // the service can start without it
  return requestLog
}

function openSmsOf({ smsWebhook, allowPrivateNetworks }: Config): Sms | undefined {
  if (!smsWebhook) return undefined
  const fetch = openFetch({ allowPrivateNetworks, milliseconds: SMS_MILLISECONDS })
  return openSms({ ...smsWebhook, fetch, clock: systemClock })
}

/** Returns the sender of emails: the configured address, or one at the host of the public URL. */
function mailFrom({ mailFrom: from, publicUrl }: Config): string {
  return from ?? `doorlist@${publicUrl === undefined ? 'localhost' : new URL(publicUrl).hostname}`
}

/**
 * Opens metrics if a token for them is configured. Measuring slows each request a little and takes 17 MiB to load.
 */
async function openMetrics(server: FastifyInstance, { config, figures }: DoorTools, requestLog: RequestLog) {
  const { metricsToken } = config
  if (!metricsToken) return undefined
  const { createMetrics } = await import('#platform/metrics.ts')
  const source = createMetrics()
  measureRequests(server, source)
  source.watchRequestLog(() => requestLog.counts())
  source.watchWork(figures)
  return { token: metricsToken, source }
}
