// Starts our service for the bench. If BENCH_ANSWER is set, creates one identity provider and writes its address and
// token there.
import { readConfig } from '#config.ts'

import { createIdentityProvider } from '#identity-providers/create.ts'

import { openSeal } from '#identity-providers/secrets.ts'
import { createLog } from '#platform/log.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { startService } from '../src/main.ts'
import { aborted, listenForStop } from '../src/platform/stop-signals.ts'
import { tellReady } from './answer.ts'

const config = readConfig(process.env)
const { stopping } = listenForStop()
const service = await startService(config, createLog(config.logLevel))
if (process.env.BENCH_ANSWER) {
  const tenant = await ensureDefaultTenant(service.db)
  const auditContext = { tenantId: tenant.id, actor: { type: 'operator', name: 'bench' } } as const
  const details = { issuer: 'https://idp.example', clientId: 'bench', clientSecret: 'not-a-secret' }
  const input = { name: `Bench ${process.pid}`, type: 'oidc', autoProvisioning: true, details } as const
  const { provider, credentials } = await createIdentityProvider(
    service.db,
    auditContext,
    input,
    await openSeal(service.db, config),
  )
  if (!credentials) throw new Error('the identity provider has no credentials')
  tellReady({ name: 'ours', base: `${service.url}/scim/v2/${provider.id}`, token: credentials.token })
}
await aborted(stopping)
await service.stop()
