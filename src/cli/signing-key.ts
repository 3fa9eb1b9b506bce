import type { Command } from 'commander'
import { listSigningKeys, revokeSigningKey, rotateSigningKey, type SigningKey } from '#access/signing-keys.ts'
import { openSeal } from '#identity-providers/secrets.ts'
import { type DataOptions, withData } from './options.ts'
import { printJson, printTable } from './print.ts'
import { inTenant } from './service/house.ts'

const ROTATE_HELP = `
The new key is published at once and signs five minutes later; the old one stays published until its tokens have expired.
Applications notice nothing.

Example:
  $ doorlist signing-key rotate --tenant acme`

const REVOKE_HELP = `
For a key that others may know. It is no longer published, and another key signs from now on. Applications that keep the
list of keys refuse new tokens until they read it again, and accept old ones until then.

Example:
  $ doorlist signing-key revoke 01a2… --tenant acme`

export function addSigningKey(program: Command): void {
  const keys = program.command('signing-key').description('keys that sign Remote-Token for applications')

  withData(keys.command('list').description('list the keys that are published')).action(list)

  withData(keys.command('rotate').description('publish another key, which takes over in five minutes'))
    .addHelpText('after', ROTATE_HELP)
    .action(rotate)

  withData(keys.command('revoke').description('take a key out at once').argument('<key>', 'its id'))
    .addHelpText('after', REVOKE_HELP)
    .action(revoke)
}

function list({ tenant, json }: DataOptions): Promise<void> {
  return inTenant(tenant, async ({ db, tenantId }) => print(await listSigningKeys(db, tenantId), json))
}

function rotate({ tenant, json }: DataOptions): Promise<void> {
  return inTenant(tenant, async ({ db, auditContext, config }) =>
    print(await rotateSigningKey(db, await openSeal(db, config), auditContext), json),
  )
}

function revoke(id: string, { tenant, json }: DataOptions): Promise<void> {
  return inTenant(tenant, async ({ db, auditContext, config }) =>
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
