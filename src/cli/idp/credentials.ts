import type { Command } from 'commander'
import {
  listCredentials,
  retireCredential,
  rotateCredentials,
} from '#identity-providers/credentials/credentials.ts'

import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type DataOptions, moment, withData } from '../options.ts'
import { printJson, printLine } from '../print.ts'
import { type TenantContext, withTenantContext } from '../service/context.ts'
import { printCredentials } from './credentials-table.ts'
import { printProvided } from './print.ts'

const IDP = '<identity-provider>'
const IDP_HELP = 'id or name of the identity provider'

export function addIdpCredentials(idp: Command): void {
  const credentials = idp
    .command('credentials')
    .description('manage the SCIM credentials of an identity provider')

  withData(
    credentials
      .command('list')
      .description('list the sets of credentials (never secrets)')
      .argument(IDP, IDP_HELP),
  ).action(list)

  withData(
    credentials
      .command('rotate')
      .description('create a set that works beside the others')
      .argument(IDP, IDP_HELP),
  )
    .option('--expires <date>', 'when the new set expires (default: never)', moment)
    .addHelpText(
      'after',
      '\nThe old set works until you retire it.\n\nExample:\n  $ doorlist idp credentials rotate Okta --expires 2027-12-31',
    )
    .action(rotate)

  withData(
    credentials
      .command('retire')
      .description('retire a set: it stops working at once')
      .argument(IDP, IDP_HELP),
  )
    .argument('<credential>', 'id or key of the set')
    .addHelpText('after', '\nExample:\n  $ doorlist idp credentials retire Okta dlk_…')
    .action(retire)
}

function list(idOrName: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const credentials = await listCredentials(context.db, context.tenantId, await idpId(context, idOrName))
    return json ? printJson(credentials) : printCredentials(credentials)
  })
}

function rotate(
  idOrName: string,
  { tenant, json, expires }: DataOptions & { expires?: Date },
): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const { db, tenantId, auditContext, config } = context
    const credentials = await rotateCredentials(db, auditContext, await idpId(context, idOrName), {
      expiresAt: expires,
    })
    const provider = await findIdentityProvider(db, tenantId, idOrName)
    printProvided(config, { provider, credentials }, json)
  })
}

function retire(idOrName: string, credential: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const retired = await retireCredential(
      context.db,
      context.auditContext,
      await idpId(context, idOrName),
      credential,
    )
    if (json) return printJson(retired)
    printLine(`${retired.key} was retired`)
  })
}

async function idpId({ db, tenantId }: TenantContext, idOrName: string): Promise<string> {
  return (await findIdentityProvider(db, tenantId, idOrName)).id
}
