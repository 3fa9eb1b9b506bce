// Our service with one identity provider, for the bench: writes where it is and with which token to BENCH_ANSWER.
import { renameSync, writeFileSync } from 'node:fs'
import { readConfig } from '#config.ts'

import { createIdentityProvider } from '#identity-providers/create.ts'

import { openSeal } from '#identity-providers/secrets.ts'
import { createLog } from '#platform/log.ts'
import { ensureDefaultTenant } from '#tenancy/tenants.ts'
import { startService, toldToStop } from '../src/main.ts'

const config = readConfig(process.env)
const stopped = toldToStop()
const service = await startService(config, createLog(config.logLevel))
const answer = process.env.BENCH_ANSWER
if (answer) {
  const tenant = await ensureDefaultTenant(service.db)
  const witness = { tenantId: tenant.id, actor: { type: 'operator', name: 'bench' } } as const
  const details = { issuer: 'https://idp.example', clientId: 'bench', clientSecret: 'not-a-secret' }
  const input = { name: `Bench ${process.pid}`, type: 'oidc', autoProvisioning: true, details } as const
  const { provider, credentials } = await createIdentityProvider(
    service.db,
    witness,
    input,
    await openSeal(service.db, config),
  )
  const base = `${service.url}/scim/v2/${provider.id}`
  writeFileSync(
    `${answer}.part`,
    JSON.stringify({ name: 'ours', base, token: credentials?.token, pid: process.pid }),
  )
  renameSync(`${answer}.part`, answer)
}
await stopped
await service.stop()
