import type { Command } from 'commander'

import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'

import { createTenant, listTenants } from '#tenancy/tenants.ts'
import { note, printJson, printLine, printTable } from '../print.ts'
import { inHouse, operator } from '../service/house.ts'

const NAME_YOUR_TENANT =
  'There are two tenants now, so each proxy must name its own: /gateway/{tenant}/verify instead of /gateway/verify.'

export function addTenant(program: Command): void {
  const tenant = program.command('tenant').description('organisations that see nothing of each other')

  tenant
    .command('create')
    .description('make a tenant')
    .requiredOption('--slug <slug>', 'its name in commands: a-z, 0-9 and -')
    .option('--name <name>', 'its name for people; the slug otherwise')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ doorlist tenant create --slug acme --name "Acme Ltd"')
    .action((options: { slug: string; name?: string; json?: true }) =>
      inHouse(async ({ db }) => {
        const actor = operator()
        const { id, slug, name, createdAt } = await createTenant(db, actor, options)
        await ensureLocalIdentityProvider(db, { tenantId: id, actor })
        if ((await listTenants(db)).length === 2) note(NAME_YOUR_TENANT)
        if (options.json) return printJson({ id, slug, name, createdAt })
        printLine(`Tenant ${slug} is there`)
      }),
    )

  tenant
    .command('list')
    .description('list the tenants')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      inHouse(async ({ db }) => {
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
