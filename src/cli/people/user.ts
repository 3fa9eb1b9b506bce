// The commands about tenants, administrators, users and groups: one file for each. Start with this file; the others are built
// in the same way.
import type { Command } from 'commander'
import type { AuditContext } from '#audit/record.ts'
import {
  deleteUser,
  disableUser,
  enableUser,
  listUsers,
  showUser,
} from '#directory/administration/portal-users.ts'
import type { Database } from '#platform/database/database.ts'
import { activateUser, resetEnrollment } from '#sign-in/enrollment.ts'
import { listLinkedIdentities, unlinkUser } from '#sign-in/identity/links.ts'
import { confirmName } from '../ask.ts'
import { type DataOptions, type PageOptions, withData, withPage } from '../options.ts'
import { note, printJson, printLine, printPairs, printTable } from '../print.ts'
import { withTenantContext } from '../service/context.ts'
import { addDeletedUsers } from './deleted-users.ts'
import { findUser, idpId, USER, USER_HELP } from './user-argument.ts'

interface OneOptions extends DataOptions {
  readonly idp?: string
}

export function addUser(program: Command): void {
  const user = program.command('user').description('manage users')

  withPage(user.command('list').description('list users, oldest first'))
    .option('--idp <identity-provider>', 'only users of this identity provider (id or name)')
    .option('--search <text>', 'only users whose userName starts with this')
    .addHelpText('after', '\nExample:\n  $ doorlist user list --idp Okta --search ada --json')
    .action(list)

  withOne(user.command('show').description('show a user')).action(show)
  withOne(
    user
      .command('disable')
      .description("disable a user: sign-in is refused, and the identity provider can't enable the user"),
  ).action((name: string, options: OneOptions) => act(name, options, disableUser, 'was disabled'))
  withOne(user.command('enable').description('enable a user that an administrator disabled')).action(
    (name: string, options: OneOptions) => act(name, options, enableUser, 'was enabled'),
  )
  withOne(
    user.command('activate').description('activate a user who has enrolled and is pending activation'),
  ).action((name: string, options: OneOptions) => act(name, options, activateUser, 'was activated'))
  withOne(
    user
      .command('reset-enrollment')
      .description('remove second factors, remembered browsers and sessions; the user must enroll again'),
  ).action((name: string, options: OneOptions) => act(name, options, resetEnrollment, 'has to enroll again'))
  withOne(
    user
      .command('unlink')
      .description(
        'remove the link to an identity and end all sessions; the next sign-in uses the matching rule',
      ),
  ).action((name: string, options: OneOptions) => act(name, options, unlinkUser, 'was unlinked'))
  withOne(
    user
      .command('delete')
      .description('delete a user from the portal; the identity provider sees the user as deactivated'),
  )
    .option('--yes', "don't ask for confirmation")
    .action(remove)
  addDeletedUsers(user)
}

function withOne(command: Command): Command {
  return withData(command.argument(USER, USER_HELP)).option(
    '--idp <identity-provider>',
    'identity provider of the user, if several have this userName',
  )
}

function list(options: PageOptions & { idp?: string; search?: string }): Promise<void> {
  const { tenant, json, limit, after, idp, search } = options
  return withTenantContext(tenant, async (context) => {
    const users = await listUsers(context.db, context.tenantId, {
      idpId: await idpId(context, idp),
      search,
      limit,
      after,
    })
    if (json) return printJson(users)
    printTable(users, {
      username: (u) => u.userName,
      name: (u) => u.displayName,
      status: (u) => u.status,
      'identity provider': (u) => u.identityProvider,
      changed: (u) => u.changedAt,
      id: (u) => u.id,
    })
    if (users.length === limit) note(`\nMore: --after ${users.at(-1)?.id}`)
  })
}

function show(idOrUserName: string, { tenant, json, idp }: OneOptions): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const found = await findUser(context, idOrUserName, idp)
    const identities = await listLinkedIdentities(context.db, context.tenantId, found.id)
    const user = { ...found, identities }
    if (json) return printJson(user)
    const { profile, groups, resource, ...plain } = user
    printPairs({
      ...plain,
      groups: groups.map(({ displayName }) => displayName).join(', '),
      identities: identities.map(({ source, identifier }) => `${source}=${identifier}`).join(', '),
    })
    printLine('\nProfile')
    printPairs(profile)
    printLine('\nSCIM resource')
    printLine(JSON.stringify(resource, null, 2))
  })
}

function act(
  idOrUserName: string,
  { tenant, json, idp }: OneOptions,
  change: (db: Database, auditContext: AuditContext, id: string) => Promise<void>,
  done: string,
): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const { id, userName } = await findUser(context, idOrUserName, idp)
    await change(context.db, context.auditContext, id)
    if (json) return printJson(await showUser(context.db, context.tenantId, id))
    printLine(`${userName} ${done}`)
  })
}

async function remove(idOrUserName: string, options: OneOptions & { yes?: true }): Promise<void> {
  const confirmed = async (db: Database, auditContext: AuditContext, id: string) => {
    const { userName } = await showUser(db, auditContext.tenantId, id)
    if (!options.yes) await confirmName(userName, 'The profile, second factors and sessions will be deleted.')
    await deleteUser(db, auditContext, id)
  }
  await act(idOrUserName, options, confirmed, 'was deleted')
}
