import type { Command } from 'commander'
import { restoreUser, showUser } from '#directory/administration/portal-users.ts'
import { listDeletedUsers, restoreDeletedUser } from '#directory/users/deleted-users.ts'
import { isUuid } from '#directory/uuid.ts'
import { Conflict, NotFound } from '#errors.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import { type DataOptions, type PageOptions, withData, withPage } from '../options.ts'
import { note, printJson, printLine, printTable } from '../print.ts'
import { ownUrl, type TenantContext, withTenantContext } from '../service/context.ts'
import { findUser, idpId, USER, USER_HELP } from './user-argument.ts'

const RESTORE_HELP = `
A user who was deleted in the portal is restored with the profile. A user whom the identity provider deleted is restored
with the same id, but without groups. Both must enroll again.`

/** Adds the commands about users who were deleted. */
export function addDeletedUsers(user: Command): void {
  withPage(
    user.command('deleted').description('list users whom their identity provider deleted, newest first'),
    String,
  )
    .option('--idp <identity-provider>', 'only users of this identity provider (id or name)')
    .option('--search <text>', 'only users whose userName starts with this')
    .action(listDeleted)
  withData(user.command('restore').description('restore a deleted user').argument(USER, USER_HELP))
    .option('--idp <identity-provider>', 'identity provider of the user, if several have this userName')
    .addHelpText('after', RESTORE_HELP)
    .action(restore)
}

function listDeleted(options: PageOptions & { idp?: string; search?: string }): Promise<void> {
  const { tenant, json, limit, after, idp, search } = options
  return withTenantContext(tenant, async (context) => {
    const wish = { idpId: await idpId(context, idp), search, limit, after }
    const { users, next } = await listDeletedUsers(context.db, context.tenantId, wish)
    if (json) return printJson(users)
    printTable(users, {
      username: (u) => u.userName,
      name: (u) => u.displayName,
      'identity provider': (u) => u.identityProvider,
      deleted: (u) => u.deletedAt,
      id: (u) => u.id,
    })
    if (next) note(`\nMore: --after ${next}`)
  })
}

/** A user who was deleted in the portal still has a row. For a user whom the identity provider deleted, a record was kept. */
function restore(idOrUserName: string, { tenant, json, idp }: DataOptions & { idp?: string }): Promise<void> {
  return withTenantContext(tenant, async (context) => {
    const id =
      (await findDeleted(context, idOrUserName, idp)) ?? (await findUser(context, idOrUserName, idp)).id
    const { db, auditContext, tenantId, config } = context
    const publicUrl = ownUrl(config)
    const kept = await restoreDeletedUser({ db, auditContext, publicUrl }, id).then(
      () => true,
      (error) => {
        if (error instanceof NotFound) return false
        throw error
      },
    )
    if (!kept) await restoreUser(db, auditContext, id)
    const user = await showUser(db, tenantId, id)
    if (json) return printJson(user)
    printLine(`${user.userName} was restored`)
  })
}

/** @throws {Conflict} when several deleted users have this name */
async function findDeleted(
  context: TenantContext,
  idOrUserName: string,
  idp: string | undefined,
): Promise<string | undefined> {
  const wish = { idpId: await idpId(context, idp), search: idOrUserName, limit: 200 }
  const { users } = await listDeletedUsers(context.db, context.tenantId, wish)
  const named = users.filter(({ userName }) => userNameKey(userName) === userNameKey(idOrUserName))
  if (named.length > 1)
    throw new Conflict(
      'userName',
      `Several deleted users have the userName ${idOrUserName}. Use the id; doorlist user deleted lists it.`,
    )
  return named[0]?.id ?? (isUuid(idOrUserName) ? idOrUserName : undefined)
}
