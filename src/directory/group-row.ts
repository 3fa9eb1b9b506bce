// How a group lies in its row. Its members are rows of their own; its version and last change are those of the newest
// event about it, so that a membership change never touches (and never waits for) the group's row.
import { raw, type Sql, sql } from '#platform/sql.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import { caseKey } from '#protocol/scim/text.ts'

export interface GroupRow {
  readonly id: string
  readonly displayName: string
  readonly resource: string
  readonly createdAt: Date
  readonly changedAt: Date
  /** The id of the newest event about the group. */
  readonly version: string
  /** The elements of `members` as JSON text, or null when there are none or they were not asked for. */
  readonly members: string | null
}

export interface GroupColumns {
  readonly displayName: string
  readonly displayNameKey: string
  readonly uniqueNameKey: string | null
  readonly externalId: string | null
  readonly resource: string
}

export function groupColumns(id: string, resource: Resource, uniqueNames: boolean): GroupColumns {
  const displayName = String(resource.displayName)
  const key = caseKey(displayName)
  const { schemas, ...attributes } = resource
  return {
    displayName,
    displayNameKey: key,
    uniqueNameKey: uniqueNames ? key : null,
    externalId: typeof resource.externalId === 'string' ? resource.externalId : null,
    resource: JSON.stringify({ schemas, id, ...attributes }),
  }
}

export function storedGroup(row: Pick<GroupRow, 'resource'>): Resource {
  const { id: _, ...resource } = JSON.parse(row.resource) as Resource
  return resource
}

export const MEMBERS =
  raw(`(select string_agg('{"value":"' || m.member_id || '","type":"' || m.member_type || '"}', ',')
      from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id)`)

export const NO_MEMBERS = raw('null::text')

/** The newest event about the group `u`. */
const NEWEST = (column: string) =>
  raw(`(select e.${column} from audit_event e where e.object_id = u.id and e.tenant_id = u.tenant_id
      and e.result = 'success' order by e.at desc, e.id desc limit 1)`)

export const GROUP_CHANGED = sql`coalesce(${NEWEST('at')}, u.changed_at)`
export const GROUP_VERSION = sql`coalesce(${NEWEST('id')}, u.id)::text`

/** The columns of `GroupRow`, from a table that is called `u`. */
export function groupRow(members: Sql): Sql {
  return sql`u.id, u.display_name as "displayName", u.resource, u.created_at as "createdAt",
    ${GROUP_CHANGED} as "changedAt", ${GROUP_VERSION} as version, ${members} as members`
}

export function groupVersion(row: Pick<GroupRow, 'version'>): string {
  return `W/"${row.version}"`
}

/** The resource as SCIM answers it, whole. @param base absolute URL of the SCIM endpoint, without a trailing slash */
export function groupText(row: GroupRow, base: string): string {
  const members = row.members === null ? '' : `,"members":[${row.members}]`
  const meta = `"created":"${row.createdAt.toISOString()}","lastModified":"${row.changedAt.toISOString()}"`
  const version = `"version":"W/\\"${row.version}\\""`
  return `${row.resource.slice(0, -1)}${members},"meta":{"resourceType":"Group",${meta},"location":"${base}/Groups/${row.id}",${version}}}`
}
