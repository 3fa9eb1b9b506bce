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
import { activateUser, resetEnrolment } from '#sign-in/enrolment.ts'
import { listLinkedIdentities, unlinkUser } from '#sign-in/identity/links.ts'
import { confirmName } from '../ask.ts'
import { type DataOptions, type PageOptions, withData, withPage } from '../options.ts'
import { note, printJson, printLine, printPairs, printTable } from '../print.ts'
import { inTenant } from '../service/house.ts'
import { addDeletedUsers } from './deleted-users.ts'
import { findUser, idpId, USER, USER_HELP } from './user-argument.ts'

interface OneOptions extends DataOptions {
  readonly idp?: string
}

export function addUser(program: Command): void {
  const user = program.command('user').description('people that identity providers brought')

  withPage(user.command('list').description('list users in the order of their creation'))
    .option('--idp <identity-provider>', 'only of this one')
    .option('--search <text>', 'whose userName begins so')
    .addHelpText('after', '\nExample:\n  $ doorlist user list --idp Okta --search ada --json')
    .action(list)

  withOne(user.command('show').description('show one')).action(show)
  withOne(
    user.command('disable').description('hold a user: no sign-in, and SCIM shows active: false'),
  ).action((name: string, options: OneOptions) => act(name, options, disableUser, 'disabled'))
  withOne(user.command('enable').description('lift the hold')).action((name: string, options: OneOptions) =>
    act(name, options, enableUser, 'enabled'),
  )
  withOne(user.command('activate').description('let in who has enrolled and waits')).action(
    (name: string, options: OneOptions) => act(name, options, activateUser, 'activated'),
  )
  withOne(
    user
      .command('reset-enrolment')
      .description('take factors, remembered devices and sessions away; the user enrols anew'),
  ).action((name: string, options: OneOptions) => act(name, options, resetEnrolment, 'to enrol anew'))
  withOne(
    user
      .command('unlink')
      .description('end the link to an identity, and all sessions; the next sign-in is matched by the rule'),
  ).action((name: string, options: OneOptions) => act(name, options, unlinkUser, 'unlinked'))
  withOne(
    user.command('delete').description('delete the profile; the identity provider sees the user deactivated'),
  )
    .option('--yes', 'do not ask')
    .action(remove)
  addDeletedUsers(user)
}

function withOne(command: Command): Command {
  return withData(command.argument(USER, USER_HELP)).option('--idp <identity-provider>', 'of this one')
}

function list(options: PageOptions & { idp?: string; search?: string }): Promise<void> {
  const { tenant, json, limit, after, idp, search } = options
  return inTenant(tenant, async (house) => {
    const users = await listUsers(house.db, house.tenantId, {
      idpId: await idpId(house, idp),
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
  return inTenant(tenant, async (house) => {
    const found = await findUser(house, idOrUserName, idp)
    const identities = await listLinkedIdentities(house.db, house.tenantId, found.id)
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
  return inTenant(tenant, async (house) => {
    const { id, userName } = await findUser(house, idOrUserName, idp)
    await change(house.db, house.auditContext, id)
    if (json) return printJson(await showUser(house.db, house.tenantId, id))
    printLine(`${userName} is ${done}`)
  })
}

async function remove(idOrUserName: string, options: OneOptions & { yes?: true }): Promise<void> {
  const confirmed = async (db: Database, auditContext: AuditContext, id: string) => {
    const { userName } = await showUser(db, auditContext.tenantId, id)
    if (!options.yes) await confirmName(userName, 'The profile will go.')
    await deleteUser(db, auditContext, id)
  }
  await act(idOrUserName, options, confirmed, 'deleted')
}
