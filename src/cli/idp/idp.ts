// The commands `doorlist idp …` and `doorlist schema …`: identity providers, their credentials, keys, matching and custom
// attributes. Start with this file; it adds the others.
import { Argument, type Command } from 'commander'
import { directorySize, purgeOrphans } from '#directory/purge.ts'
import { setAutoProvisioning, setEnabled, setMode } from '#identity-providers/change.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import {
  findIdentityProvider,
  type IdentityProvider,
  listIdentityProviders,
} from '#identity-providers/identity-providers.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'

import type { Mode } from '#identity-providers/settings.ts'
import { confirmName } from '../ask.ts'
import { type DataOptions, withData } from '../options.ts'
import { printJson, printLine, printPairs, printTable } from '../print.ts'
import { scimEndpoint, type TenantContext, withTenantContext } from '../service/context.ts'
import { addIdpCreate } from './create.ts'
import { addIdpCredentials } from './credentials.ts'
import { printCredentials } from './credentials-table.ts'
import { addIdpExternalIds } from './external-ids.ts'
import { addIdpKeys } from './keys.ts'
import { addIdpMatching } from './matching.ts'
import { printProvided } from './print.ts'

const IDP = '<identity-provider>'
const IDP_HELP = 'id or name of the identity provider'

export function addIdp(program: Command): void {
  const idp = program.command('idp').description('manage identity providers')
  addIdpCreate(idp)
  withData(idp.command('list').description('list identity providers')).action(list)
  withData(
    idp
      .command('show')
      .description('show an identity provider and its credentials (never secrets)')
      .argument(IDP, IDP_HELP),
  ).action(show)
  withData(
    idp
      .command('enable')
      .description('enable an identity provider: sign-in and provisioning are allowed')
      .argument(IDP, IDP_HELP),
  ).action((name: string, options: DataOptions) => enable(name, options, true))
  withData(
    idp
      .command('disable')
      .description('disable an identity provider: sign-in and provisioning are refused')
      .argument(IDP, IDP_HELP),
  ).action((name: string, options: DataOptions) => enable(name, options, false))
  withData(
    idp
      .command('provisioning')
      .description('turn auto-provisioning on or off; the first time creates credentials'),
  )
    .addArgument(new Argument('<switch>', 'on or off').choices(['on', 'off']))
    .argument(IDP, IDP_HELP)
    .addHelpText('after', '\nExample:\n  $ doorlist idp provisioning on Okta')
    .action(provisioning)
  withData(
    idp.command('mode').description('set how strictly its SCIM messages are read').argument(IDP, IDP_HELP),
  )
    .addArgument(
      new Argument('<mode>', 'lenient understands known habits; strict follows the standard').choices([
        'lenient',
        'strict',
      ]),
    )
    .action(mode)
  withData(
    idp
      .command('delete')
      .description('delete an identity provider with its users and groups')
      .argument(IDP, IDP_HELP),
  )
    .option('--yes', "don't ask for confirmation")
    .action(remove)
  addIdpCredentials(idp)
  addIdpKeys(idp)
  addIdpMatching(idp)
  addIdpExternalIds(idp)
}

function list({ tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const providers = await listIdentityProviders(context.db, context.tenantId)
    if (json) return printJson(providers.map((provider) => summary(context, provider)))
    printTable(providers, {
      name: (p) => p.name,
      type: (p) => p.type,
      enabled: (p) => p.enabled,
      provisioning: (p) => p.autoProvisioning,
      mode: (p) => p.mode,
      'last sync': (p) => p.lastSyncAt,
      id: (p) => p.id,
    })
  })
}

function show(idOrName: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const provider = await findIdentityProvider(context.db, context.tenantId, idOrName)
    const credentials = await listCredentials(context.db, context.tenantId, provider.id)
    const { details, hasClientSecret, mapping, matching, stableIdentifier, mfaMethods, mfaDemand } = provider
    const rules = { mapping, matching, stableIdentifier, mfaMethods, mfaDemand }
    const more = { details, hasClientSecret, ...rules, credentials }
    if (json) return printJson({ ...summary(context, provider), ...more })
    const { scim, ...plain } = summary(context, provider)
    const { certificates, ...shown } = details
    printPairs({ ...plain, endpoint: scim?.endpoint, ...shown, certificates: certificates?.length })
    printLine('')
    printCredentials(credentials)
  })
}

/** Returns the main values of an identity provider: no long details, and never a secret. */
function summary({ config }: TenantContext, provider: IdentityProvider) {
  const { tenantId: _, details: __, hasClientSecret: ___, mapping: ____, ...rest } = provider
  const { matching, stableIdentifier, mfaMethods, mfaDemand, version, ...shown } = rest
  return {
    ...shown,
    scim: provider.type === 'local' ? undefined : { endpoint: scimEndpoint(config, provider.id) },
  }
}

function enable(idOrName: string, { tenant, json }: DataOptions, enabled: boolean): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const { id } = await findIdentityProvider(context.db, context.tenantId, idOrName)
    const provider = await setEnabled(context.db, context.auditContext, id, enabled)
    if (json) return printJson(summary(context, provider))
    printLine(`${provider.name} was ${enabled ? 'enabled' : 'disabled'}`)
  })
}

function mode(idOrName: string, wanted: Mode, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const { id } = await findIdentityProvider(context.db, context.tenantId, idOrName)
    const provider = await setMode(context.db, context.auditContext, id, wanted)
    if (json) return printJson(summary(context, provider))
    printLine(`SCIM messages of ${provider.name} are now read in ${provider.mode} mode`)
  })
}

function provisioning(position: string, idOrName: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const { id } = await findIdentityProvider(context.db, context.tenantId, idOrName)
    const provided = await setAutoProvisioning(context.db, context.auditContext, id, position === 'on')
    if (json || provided.credentials) return printProvided(context.config, provided, json)
    printLine(`Auto-provisioning of ${provided.provider.name} is now ${position}`)
  })
}

function remove(idOrName: string, { tenant, json, yes }: DataOptions & { yes?: true }): Promise<void> {
  return withTenantContext(tenant, async ({ db, tenantId, auditContext }) => {
    const { id, name } = await findIdentityProvider(db, tenantId, idOrName)
    const { users, groups } = await directorySize(db, tenantId, id)
    const loss = `${users} users and ${groups} groups of ${name} will be deleted.`
    if (!yes) await confirmName(name, loss)
    await deleteIdentityProvider(db, auditContext, id)
    await purgeOrphans(db)
    if (json) return printJson({ id, name, deletedUsers: users, deletedGroups: groups })
    printLine(`${name} was deleted, with ${users} users and ${groups} groups`)
  })
}
