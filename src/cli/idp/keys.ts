import type { Command } from 'commander'
import {
  addClientKeys,
  type ClientKey,
  listClientKeys,
  retireClientKey,
} from '#identity-providers/credentials/client-keys.ts'
import { kindOf, readJwks } from '#identity-providers/credentials/jwk.ts'
import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import { readTextFile } from '../ask.ts'
import { type DataOptions, moment, withData } from '../options.ts'
import { printJson, printLine, printPairs, printTable } from '../print.ts'
import { scimEndpoint, type TenantContext, withTenantContext } from '../service/context.ts'

const IDP = '<identity-provider>'
const IDP_HELP = 'id or name of the identity provider'

const ADD_HELP = `
The file contains a JSON Web Key Set or one JSON Web Key, without private keys: RSA of at least 2048 bits, EC P-256 or P-384,
or Ed25519. The client then signs its token requests (private_key_jwt) and sends no secret. To replace a key, add the new
one, switch the client to it, and retire the old one.

Example:
  $ doorlist idp keys add Entra jwks.json`

export function addIdpKeys(idp: Command): void {
  const keys = idp
    .command('keys')
    .description('manage the public keys of a client that signs its token requests')

  withData(keys.command('list').description('list the keys').argument(IDP, IDP_HELP)).action(list)

  withData(keys.command('add').description('add keys beside the others').argument(IDP, IDP_HELP))
    .argument('<file>', 'JSON Web Key Set (- reads from stdin)')
    .option('--expires <date>', 'when these keys expire (default: never)', moment)
    .addHelpText('after', ADD_HELP)
    .action(add)

  withData(
    keys.command('retire').description('retire a key: it stops working at once').argument(IDP, IDP_HELP),
  )
    .argument('<key>', 'kid or id of the key')
    .addHelpText(
      'after',
      "\nA retired key can't be added again.\n\nExample:\n  $ doorlist idp keys retire Entra key-2026",
    )
    .action(retire)
}

function list(idOrName: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const keys = await listClientKeys(context.db, context.tenantId, await idpId(context, idOrName))
    return json ? printJson(keys) : printKeys(keys)
  })
}

function add(idOrName: string, file: string, options: DataOptions & { expires?: Date }): Promise<void> {
  const { tenant, json, expires: expiresAt } = options
  const given = readJwks(readTextFile(file))
  return withTenantContext(tenant, async (context) => {
    const clientId = await idpId(context, idOrName)
    const keys = await addClientKeys(context.db, context.auditContext, clientId, given, { expiresAt })
    const tokenEndpoint = new URL('/oauth/token', scimEndpoint(context.config, clientId)).href
    if (json) return printJson({ clientId, tokenEndpoint, keys })
    printPairs({ 'client id': clientId, 'token endpoint': tokenEndpoint })
    printLine('')
    printKeys(keys)
  })
}

function retire(idOrName: string, key: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const retired = await retireClientKey(
      context.db,
      context.auditContext,
      await idpId(context, idOrName),
      key,
    )
    if (json) return printJson(retired)
    printLine(`${retired.kid} was retired`)
  })
}

async function idpId({ db, tenantId }: TenantContext, idOrName: string): Promise<string> {
  return (await findIdentityProvider(db, tenantId, idOrName)).id
}

function printKeys(keys: readonly ClientKey[]): void {
  printTable(keys, {
    kid: (k) => k.kid,
    type: (k) => kindOf(k.jwk),
    created: (k) => k.createdAt,
    expires: (k) => k.expiresAt,
    retired: (k) => k.retiredAt,
    'last used': (k) => k.lastUsedAt,
    id: (k) => k.id,
  })
}
