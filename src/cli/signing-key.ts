import type { Command } from 'commander'
import { listSigningKeys, revokeSigningKey, rotateSigningKey, type SigningKey } from '#access/signing-keys.ts'
import { openSeal } from '#identity-providers/secrets.ts'
import { type DataOptions, withData } from './options.ts'
import { printJson, printTable } from './print.ts'
import { withTenantContext } from './service/context.ts'

const ROTATE_HELP = `
The new key is published at once and signs after five minutes. The old key stays published until its tokens have expired,
so applications aren't interrupted.

Example:
  $ doorlist signing-key rotate --tenant acme`

const REVOKE_HELP = `
Use it when somebody else may have the key. The key is no longer published, and another key signs from now on.
Applications that keep a copy of the key list refuse new tokens, and still accept old ones, until they read it again.

Example:
  $ doorlist signing-key revoke 01a2… --tenant acme`

export function addSigningKey(program: Command): void {
  const keys = program.command('signing-key').description('manage the keys that sign Remote-Token')

  withData(keys.command('list').description('list the published keys')).action(list)

  withData(
    keys.command('rotate').description('create a key that replaces the current one after five minutes'),
  )
    .addHelpText('after', ROTATE_HELP)
    .action(rotate)

  withData(keys.command('revoke').description('revoke a key at once').argument('<key>', 'id of the key'))
    .addHelpText('after', REVOKE_HELP)
    .action(revoke)
}

function list({ tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async ({ db, tenantId }) =>
    print(await listSigningKeys(db, tenantId), json),
  )
}

function rotate({ tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async ({ db, auditContext, config }) =>
    print(await rotateSigningKey(db, await openSeal(db, config), auditContext), json),
  )
}

function revoke(id: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async ({ db, auditContext, config }) =>
    print(await revokeSigningKey(db, await openSeal(db, config), auditContext, id), json),
  )
}

function print(keys: readonly SigningKey[], json: true | undefined): void {
  if (json) printJson(keys)
  else
    printTable(keys, {
      id: (key) => key.id,
      state: (key) => key.state,
      created: (key) => key.createdAt,
      'signs from': (key) => key.signsFrom,
      'signs until': (key) => key.signsUntil,
      'published until': (key) => key.publishedUntil,
    })
}
