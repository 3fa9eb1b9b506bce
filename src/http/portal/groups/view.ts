import {
  type GroupSummary as DirectoryGroup,
  MEMBERS_COUNTED,
} from '#directory/administration/group-summary.ts'
import { type PortalWorker, provisionerOf } from '#directory/administration/local-provisioner.ts'
import { showGroup } from '#directory/administration/portal-groups.ts'
import { groupText } from '#directory/groups/group-row.ts'
import { readGroup } from '#directory/groups/groups.ts'
import { providerRefOf } from '../users/view.ts'
import type { Group, GroupSummary } from './contract.ts'

/** Returns a group of the directory in the words of the contract. */
export function groupSummaryOf(group: DirectoryGroup): GroupSummary {
  const { id, displayName, members, createdAt, changedAt } = group
  return {
    id,
    displayName,
    identityProvider: providerRefOf(group),
    members: Math.min(members, MEMBERS_COUNTED),
    hasMoreMembers: members > MEMBERS_COUNTED,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
  }
}

/** Returns one group with its place among other groups and its SCIM resource. @throws {NotFound} */
export async function readGroupDetail(context: PortalWorker, id: string): Promise<Group> {
  const at = await provisionerOf(context, 'Group', id)
  const [group, row] = await Promise.all([
    showGroup(context.db, context.auditContext.tenantId, id),
    readGroup(at, id, false),
  ])
  const { externalId, memberOf, nested } = group
  return {
    ...groupSummaryOf(group),
    externalId,
    memberOf: [...memberOf],
    nested: [...nested],
    resource: JSON.parse(groupText(row, at.base)),
    isEditable: at.type === 'local',
  }
}
