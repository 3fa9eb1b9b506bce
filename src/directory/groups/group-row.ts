// How a group lies in its row. Its members are rows of their own; its version and last change are those of its
// newest revision, so that a membership change never touches (and never waits for) the group's row.
import { orderedId } from '#platform/database/ordered-id.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { entityTag } from '#protocol/scim/messages/etag.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import type { Provisioner } from '../provisioner.ts'
import { wireTime } from '../users/user-row.ts'

export interface GroupRow {
  readonly id: string
  readonly resource: string
  /** As PostgreSQL writes a timestamptz(3) in UTC. */
  readonly createdAt: string
  /** Of the newest revision: its id, then its time. Null: the group is as it was created. */
  readonly newest: string | null
  /** The elements of `members` as JSON text, empty when there are none; null when they were not asked for. */
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

/** The URI of the membership `m`. @param base absolute URL of the SCIM endpoint, without a trailing slash */
export function memberUri(base: string): Sql {
  return sql`${base}::text || case m.member_type when 'User' then '/Users/' else '/Groups/' end || m.member_id`
}

/** The membership `m` as JSON text. */
function memberElement(base: string): Sql {
  return sql`'{"value":"' || m.member_id || '","type":"' || m.member_type || '","$ref":"' || ${memberUri(base)} || '"}'`
}

/** The members of the group `u`, as `GroupRow` has them. */
export function groupMembers({ base }: Pick<Provisioner, 'base'>): Sql {
  return sql`coalesce((select string_agg(${memberElement(base)}, ',')
      from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id), '')`
}

/**
 * A group of 100,000 is 6 MB of text; in stretches of this many members none of it is ever in one piece. Of a thousand
 * they would be small enough for the young part of the heap, which then grows by 80 MiB.
 */
const STRETCH = 4_000

/** The same in stretches, for the group `u`: a table with a row of `members` for each. */
export function memberStretches({ base }: Pick<Provisioner, 'base'>): Sql {
  return sql`(select string_agg(${memberElement(base)}, ',') as members
      from (select m.member_id, m.member_type, (row_number() over () - 1) / ${raw(String(STRETCH))} as stretch
        from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id) m group by m.stretch)`
}

export const NO_MEMBERS = raw('null::text')

/** A value of the newest revision `e` of the group `u`; a group that nobody changed has none. */
const newest = (value: string) =>
  raw(`(select ${value} from group_revision e where e.group_id = u.id and e.tenant_id = u.tenant_id
      order by e.at desc, e.id desc limit 1)`)

export const GROUP_CHANGED = sql`coalesce(${newest('e.at')}, u.created_at)`
export const GROUP_VERSION = sql`coalesce(${newest('e.id')}, u.id)::text`

/** Written with every change of a group or of its members. @param from rows of a statement that it is part of */
export function revision(groupId: string, tenantId: string, from: Sql = raw('')): Sql {
  return sql`insert into group_revision (group_id, id, tenant_id)
      select ${groupId}::uuid, ${orderedId()}::uuid, ${tenantId}::uuid ${from}`
}

/** The columns of `GroupRow`, from a table that is called `u`. */
export function groupRow(members: Sql): Sql {
  return sql`u.id, u.resource, u.created_at::text as "createdAt",
    ${newest('e.id || e.at::text')} as newest, ${members} as members`
}

const ID_LENGTH = 36

function versionOf({ newest, id }: Pick<GroupRow, 'newest' | 'id'>): string {
  return newest?.slice(0, ID_LENGTH) ?? id
}

function lastModified({ newest, createdAt }: GroupRow): string {
  return wireTime(newest?.slice(ID_LENGTH) || createdAt)
}

export function groupVersion(row: Pick<GroupRow, 'newest' | 'id'>): string {
  return entityTag(versionOf(row))
}

/** The resource as SCIM answers it, whole. @param base absolute URL of the SCIM endpoint, without a trailing slash */
export function groupText(row: GroupRow, base: string): string {
  const members = row.members === null ? '' : `,"members":[${row.members}]`
  return `${row.resource.slice(0, -1)}${members}${groupEnd(row, base)}`
}

/** The same of a group whose members were read in stretches, piece by piece. */
export function* groupPieces(row: GroupRow, stretches: readonly string[], base: string): Generator<string> {
  yield row.resource.slice(0, -1)
  for (const [place, stretch] of stretches.entries()) {
    yield place === 0 ? ',"members":[' : ','
    yield stretch
  }
  yield `${stretches.length > 0 ? ']' : ',"members":[]'}${groupEnd(row, base)}`
}

function groupEnd(row: GroupRow, base: string): string {
  const meta = `"created":"${wireTime(row.createdAt)}","lastModified":"${lastModified(row)}"`
  const version = `"version":${JSON.stringify(groupVersion(row))}`
  return `,"meta":{"resourceType":"Group",${meta},"location":"${base}/Groups/${row.id}",${version}}}`
}
