import { Argument, type Command } from 'commander'
import { followSettings } from '#directory/follow-settings.ts'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { findIdentityProvider, type IdentityProvider } from '#identity-providers/identity-providers.ts'
import { type DataOptions, withData } from '../options.ts'
import { printJson, printPairs } from '../print.ts'
import { withTenantContext } from '../service/context.ts'

const HELP = `
Without <rule> it shows the setting. Users' external IDs are unique anyway while sign-in finds users by them
(doorlist idp matching). External IDs can become unique only when no two users and no two groups share one.

Example:
  $ doorlist idp external-ids Okta unique`

export function addIdpExternalIds(idp: Command): void {
  withData(
    idp
      .command('external-ids')
      .description('show or set whether users and groups may share an externalId')
      .argument('<identity-provider>', 'id or name of the identity provider'),
  )
    .addArgument(new Argument('[rule]', 'whether a second one is refused').choices(['unique', 'shared']))
    .addHelpText('after', HELP)
    .action(externalIds)
}

function externalIds(
  idOrName: string,
  rule: 'unique' | 'shared' | undefined,
  { tenant, json }: DataOptions,
): Promise<void> {
  return withTenantContext(tenant, async ({ db, tenantId, auditContext }) => {
    const found = await findIdentityProvider(db, tenantId, idOrName)
    const change = { uniqueExternalIds: rule === 'unique' }
    const provider =
      rule === undefined
        ? found
        : (
            await changeIdentityProvider(db, auditContext, found.id, change, {
              also: followSettings(auditContext),
            })
          ).provider
    if (json) printJson(settingOf(provider))
    else printPairs(settingOf(provider))
  })
}

function settingOf({ id, name, uniqueExternalIds, matching }: IdentityProvider) {
  const users = uniqueExternalIds || matching?.target === 'externalId' ? 'unique' : 'shared'
  return { id, name, users, groups: uniqueExternalIds ? 'unique' : 'shared' }
}
