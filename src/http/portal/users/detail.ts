import { type PortalWorker, provisionerOf } from '#directory/administration/local-provisioner.ts'
import { showUser } from '#directory/administration/portal-users.ts'
import { userText } from '#directory/users/user-row.ts'
import { readUser } from '#directory/users/users.ts'
import type { User } from './contract.ts'
import { userSummaryOf } from './view.ts'

/** Returns one user with profile, groups and SCIM resource. @throws {NotFound} */
export async function readUserDetail(context: PortalWorker, id: string): Promise<User> {
  const at = await provisionerOf(context, 'User', id)
  const [user, row] = await Promise.all([
    showUser(context.db, context.auditContext.tenantId, id),
    readUser(at, id),
  ])
  const { externalId, version, profile, groups } = user
  return {
    ...userSummaryOf(user),
    externalId,
    version,
    profile,
    groups,
    resource: JSON.parse(userText(row, at.base)),
    isEditable: at.type === 'local',
  }
}
