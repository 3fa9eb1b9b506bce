// How a group is stored. Its members are rows of their own. Its version and its last change are those of its newest
// revision, so that a membership change never writes or waits for the group's row.
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
  /** The id of the newest revision, followed by its time. Null if the group never changed. */
  readonly newest: string | null
  /** The elements of `members` as JSON text. Empty if there are none; null if they weren't requested. */
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

/** Returns the URI of the membership `m`. @param base absolute URL of the SCIM endpoint, without a trailing slash */
export function memberUri(base: string): Sql {
  return sql`${base}::text || case m.member_type when 'User' then '/Users/' else '/Groups/' end || m.member_id`
}

/** Returns the membership `m` as JSON text. */
function memberElement(base: string): Sql {
  return sql`'{"value":"' || m.member_id || '","type":"' || m.member_type || '","$ref":"' || ${memberUri(base)} || '"}'`
}

/** Returns the members of the group `u` in the form of `GroupRow`. */
export function groupMembers({ base }: Pick<Provisioner, 'base'>): Sql {
  return sql`coalesce((select string_agg(${memberElement(base)}, ',')
      from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id), '')`
}

/**
 * The number of members in one piece of text. A group of 100,000 is 6 MB of text, which never exists in one piece.
 * Pieces of a thousand members would fit into the heap's young generation, which then grows by 80 MiB.
 */
const STRETCH = 4_000

/** Returns the same in pieces, for the group `u`: a table with a row of `members` for each piece. */
export function memberStretches({ base }: Pick<Provisioner, 'base'>): Sql {
  return sql`(select string_agg(${memberElement(base)}, ',') as members
      from (select m.member_id, m.member_type, (row_number() over () - 1) / ${raw(String(STRETCH))} as stretch
        from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id) m group by m.stretch)`
}

export const NO_MEMBERS = raw('null::text')

/** Returns a value of the newest revision `e` of the group `u`. A group that never changed has none. */
const newest = (value: string) =>
  raw(`(select ${value} from group_revision e where e.group_id = u.id and e.tenant_id = u.tenant_id
      order by e.at desc, e.id desc limit 1)`)

export const GROUP_CHANGED = sql`coalesce(${newest('e.at')}, u.created_at)`
export const GROUP_VERSION = sql`coalesce(${newest('e.id')}, u.id)::text`

/**
 * Inserts a revision. Every change of a group or of its members needs one.
 * @param from rows of a larger statement that the insert is part of
 */
export function revision(groupId: string, tenantId: string, from: Sql = raw('')): Sql {
  return sql`insert into group_revision (group_id, id, tenant_id)
      select ${groupId}::uuid, ${orderedId()}::uuid, ${tenantId}::uuid ${from}`
}

/** Returns the columns of `GroupRow`, from a table called `u`. */
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

/**
 * Returns the whole resource as SCIM sends it.
 * @param base absolute URL of the SCIM endpoint, without a trailing slash
 */
export function groupText(row: GroupRow, base: string): string {
  const members = row.members === null ? '' : `,"members":[${row.members}]`
  return `${row.resource.slice(0, -1)}${members}${groupEnd(row, base)}`
}

/** Yields the same piece by piece, for a group whose members were read in pieces. */
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
