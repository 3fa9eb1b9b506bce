import type { Command } from 'commander'
import { type GroupSummary, MEMBERS_COUNTED } from '#directory/administration/group-summary.ts'
import { type GroupRef, listGroups, listMembers, showGroup } from '#directory/administration/portal-groups.ts'

import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type DataOptions, type PageOptions, withData, withPage } from '../options.ts'
import { note, printJson, printLine, printPairs, printTable } from '../print.ts'
import { withTenantContext } from '../service/context.ts'

export function addGroup(program: Command): void {
  const group = program.command('group').description('show groups')

  withPage(group.command('list').description('list groups, oldest first'))
    .option('--idp <identity-provider>', 'only groups of this identity provider (id or name)')
    .option('--search <text>', 'only groups whose name starts with this')
    .action(list)

  withData(
    group
      .command('show')
      .description('show a group and its first 100 members')
      .argument('<id>', 'id of the group'),
  ).action(show)
}

function list(options: PageOptions & { idp?: string; search?: string }): Promise<void> {
  const { tenant, json, limit, after, idp, search } = options
  return withTenantContext(tenant, async ({ db, tenantId }) => {
    const idpId = idp === undefined ? undefined : (await findIdentityProvider(db, tenantId, idp)).id
    const groups = await listGroups(db, tenantId, { idpId, search, limit, after })
    if (json) return printJson(groups)
    printTable(groups, {
      name: (g) => g.displayName,
      members: memberCount,
      'identity provider': (g) => g.identityProvider,
      created: (g) => g.createdAt,
      id: (g) => g.id,
    })
    if (groups.length === limit) note(`\nMore: --after ${groups.at(-1)?.id}`)
  })
}

function show(id: string, { tenant, json }: DataOptions): Promise<void> {
  return withTenantContext(tenant, async ({ db, tenantId }) => {
    const group = await showGroup(db, tenantId, id)
    const { members } = await listMembers(db, tenantId, group.id, { limit: FIRST_MEMBERS })
    if (json) return printJson({ ...group, firstMembers: members })
    const { memberOf, nested, ...plain } = group
    printPairs({ ...plain, members: memberCount(group), memberOf: names(memberOf), nested: names(nested) })
    printLine('')
    printTable(members, { member: (m) => m.name, type: (m) => m.type, id: (m) => m.id })
  })
}

const FIRST_MEMBERS = 100

function memberCount({ members }: GroupSummary): string {
  return members > MEMBERS_COUNTED ? `${MEMBERS_COUNTED}+` : String(members)
}

function names(groups: readonly GroupRef[]): string {
  return groups.map(({ displayName }) => displayName).join(', ')
}
