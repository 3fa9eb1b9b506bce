// How a group lies in its row. Its members are rows of their own; its version and last change are those of the newest
// event about it, so that a membership change never touches (and never waits for) the group's row.
import { raw, type Sql, sql } from '#platform/sql.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import { caseKey } from '#protocol/scim/text.ts'
import { wireTime } from './user-row.ts'

export interface GroupRow {
  readonly id: string
  readonly displayName: string
  readonly resource: string
  /** As PostgreSQL writes a timestamptz(3) in UTC. */
  readonly createdAt: string
  /** Of the newest event about the group: its id, then its time unless it is the creation. Null: no event is left. */
  readonly newest: string | null
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

/**
 * A value of the newest event `e` about the group `u`. The bound on its time keeps the months that are still to come out
 * of the search.
 */
const newest = (value: string) =>
  raw(`(select ${value} from audit_event e where e.object_id = u.id and e.tenant_id = u.tenant_id
      and e.result = 'success' and e.at < now() + interval '1 day' order by e.at desc, e.id desc limit 1)`)

export const GROUP_CHANGED = sql`coalesce(${newest("case when e.action = 'create' then u.created_at else e.at end")}, u.changed_at)`
export const GROUP_VERSION = sql`coalesce(${newest('e.id')}, u.id)::text`

/** The columns of `GroupRow`, from a table that is called `u`. */
export function groupRow(members: Sql): Sql {
  return sql`u.id, u.display_name as "displayName", u.resource, u.created_at::text as "createdAt",
    ${newest(`e.id || case when e.action = 'create' then '' else e.at::text end`)}
      as newest, ${members} as members`
}

const ID_LENGTH = 36

function versionOf({ newest, id }: Pick<GroupRow, 'newest' | 'id'>): string {
  return newest?.slice(0, ID_LENGTH) ?? id
}

function lastModified({ newest, createdAt }: GroupRow): string {
  return wireTime(newest?.slice(ID_LENGTH) || createdAt)
}

export function groupVersion(row: Pick<GroupRow, 'newest' | 'id'>): string {
  return `W/"${versionOf(row)}"`
}

/** The resource as SCIM answers it, whole. @param base absolute URL of the SCIM endpoint, without a trailing slash */
export function groupText(row: GroupRow, base: string): string {
  const members = row.members === null ? '' : `,"members":[${row.members}]`
  const meta = `"created":"${wireTime(row.createdAt)}","lastModified":"${lastModified(row)}"`
  const version = `"version":"W/\\"${versionOf(row)}\\""`
  return `${row.resource.slice(0, -1)}${members},"meta":{"resourceType":"Group",${meta},"location":"${base}/Groups/${row.id}",${version}}}`
}
