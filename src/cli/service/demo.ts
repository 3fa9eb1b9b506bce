// `doorlist demo`: the real service with a demonstration identity provider, and a simulated Okta that sends users to it. The
// service then keeps running.
import { randomBytes } from 'node:crypto'
import type { AuditContext } from '#audit/record.ts'
import type { Config } from '#config.ts'
import { listUsers } from '#directory/administration/portal-users.ts'
import { NotFound } from '#errors.ts'

import { createIdentityProvider } from '#identity-providers/create.ts'
import { findIdentityProvider, type Provided } from '#identity-providers/identity-providers.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'

import { openSeal } from '#identity-providers/secrets.ts'
import { type Service, startService } from '#main.ts'
import type { Database } from '#platform/database/database.ts'
import { createLog } from '#platform/log.ts'
import { aborted, listenForStop } from '#platform/stop-signals.ts'
import { findDialect } from '#simulator/dialects.ts'
import { openProgress } from '#simulator/progress.ts'
import { simulate } from '#simulator/simulate.ts'
import { printSummary } from '#simulator/summary.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'

const NAME = 'Demonstration (Okta)'
const USERS = 200
const GROUPS = 12
const CYCLES = 2

export async function demo(config: Config): Promise<void> {
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel)
  const { stopping } = listenForStop()
  const service = await startService(config, log, stopping)
  try {
    await sendUsers(service, config, stopping)
    await aborted(stopping)
  } finally {
    await service.stop()
  }
}

async function sendUsers(service: Service, config: Config, stopping: AbortSignal): Promise<void> {
  const { db, url } = service
  const tenant = await ensureDefaultTenant(db)
  const { provider, credentials } = await provide(db, tenant.id, config)
  if (!credentials) throw new Error('the demonstration identity provider has no credentials')
  const endpoint = `${url}/scim/v2/${provider.id}`
  say(
    `\nDoorlist runs at ${url}. A simulated Okta sends ${USERS} users and ${GROUPS} groups to`,
    `  ${endpoint}\n`,
  )
  const dialect = findDialect('okta-oin')
  if (!dialect) throw new Error('there is no such dialect')
  const view = openProgress(process.stdout)
  try {
    const summary = await simulate({
      dialect,
      endpoint,
      credentials: { token: credentials.token },
      users: USERS,
      groups: GROUPS,
      cycles: CYCLES,
      verify: true,
      signal: stopping,
      onProgress: view.report,
    })
    view.end()
    say('', printSummary(summary))
  } finally {
    view.end()
  }
  if (!stopping.aborted) await sayWhatToDo(service, tenant.id)
}

/** Replaces the demonstration identity provider, so that each demonstration starts with an empty directory. */
async function provide(db: Database, tenantId: string, config: Config): Promise<Provided> {
  const auditContext: AuditContext = { tenantId, actor: { type: 'operator', name: 'demo' } }
  const old = await findIdentityProvider(db, tenantId, NAME).catch((error) => {
    if (error instanceof NotFound) return undefined
    throw error
  })
  if (old) await deleteIdentityProvider(db, auditContext, old.id)
  const clientSecret = randomBytes(16).toString('base64url')
  const details = { issuer: 'https://demo.okta.example', clientId: 'doorlist-demo', clientSecret }
  const input = { name: NAME, type: 'oidc', autoProvisioning: true, details } as const
  return createIdentityProvider(db, auditContext, input, await openSeal(db, config))
}

async function sayWhatToDo({ db, url, setupLink }: Service, tenantId: string): Promise<void> {
  const people = await listUsers(db, tenantId, { limit: 1_000 })
  const active = people.filter(({ status }) => status === 'active').length
  say(
    '',
    `${people.length} users were provisioned; ${active} are active. While this runs, try in another terminal:`,
    '  bin/doorlist user list',
    `  bin/doorlist user show ${people[0]?.userName ?? 'NAME'}`,
    '  bin/doorlist group list',
    '  bin/doorlist audit list',
    '',
    ...(setupLink ? [`Open this link to create the first administrator: ${setupLink}`] : []),
    `Portal: ${url}/admin    Health: ${url}/readyz    Stop: Ctrl-C`,
    '',
  )
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
