import type { Command } from 'commander'

import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'

import { createTenant, listTenants } from '#tenancy/tenants.ts'
import { note, printJson, printLine, printTable } from '../print.ts'
import { operator, withContext } from '../service/context.ts'

const NAME_YOUR_TENANT =
  'There are two tenants now. Every proxy must name its tenant: /gateway/{tenant}/verify instead of /gateway/verify.'

export function addTenant(program: Command): void {
  const tenant = program.command('tenant').description('manage tenants (separate organizations)')

  tenant
    .command('create')
    .description('create a tenant')
    .requiredOption('--slug <slug>', 'short name for commands and addresses: a-z, 0-9 and -')
    .option('--name <name>', 'display name (default: the short name)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ doorlist tenant create --slug acme --name "Acme Ltd"')
    .action((options: { slug: string; name?: string; json?: true }) =>
      withContext(async ({ db }) => {
        const actor = operator()
        const { id, slug, name, createdAt } = await createTenant(db, actor, options)
        await ensureLocalIdentityProvider(db, { tenantId: id, actor })
        if ((await listTenants(db)).length === 2) note(NAME_YOUR_TENANT)
        if (options.json) return printJson({ id, slug, name, createdAt })
        printLine(`Tenant ${slug} was created`)
      }),
    )

  tenant
    .command('list')
    .description('list tenants')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      withContext(async ({ db }) => {
        const tenants = await listTenants(db)
        if (json) return printJson(tenants)
        printTable(tenants, {
          slug: (t) => t.slug,
          name: (t) => t.name,
          created: (t) => t.createdAt,
          id: (t) => t.id,
        })
      }),
    )
}
