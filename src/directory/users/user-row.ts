// How a user is stored, and how the row becomes a SCIM response. The stored text is ready to send, except for
// `groups` and `meta`, which come from rows and columns. A read passes it through without parsing it.

import { hash } from 'node:crypto'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { entityTag } from '#protocol/scim/messages/etag.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import type { CompiledMapping } from '../profiles/mapping.ts'
import { profileOf } from '../profiles/profile.ts'
import type { Provisioner } from '../provisioner.ts'
import type { Hold, UserColumns, UserRow } from './user-types.ts'

export const NO_HOLD: Hold = { disabled: false, deleted: false }

/** What a response to the identity provider shows of a user. */
export type ShownUser = Pick<UserRow, 'id' | 'resource' | 'version' | 'createdAt' | 'changedAt' | 'groups'>

/** Returns the attributes as they are stored, with the `active` that the identity provider last sent. */
export function storedResource(row: Pick<UserRow, 'id' | 'resource' | 'idpActive'>): Resource {
  const { id: _, ...resource } = JSON.parse(row.resource) as Resource
  return { ...resource, active: row.idpActive }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function emailKeys(resource: Resource): string[] {
  const emails = Array.isArray(resource.emails) ? resource.emails : []
  const values = emails.map((email) =>
    typeof email === 'object' && email !== null && 'value' in email ? email.value : undefined,
  )
  return values.filter((value) => typeof value === 'string').map(caseKey)
}

/**
 * Returns the columns of a user.
 * @param resource with the identity provider's own `active`; without it the user isn't active. The stored resource
 *   shows the effect of `hold` instead.
 */
export function userColumns(
  id: string,
  resource: Resource,
  hold: Hold,
  mapping: CompiledMapping,
): UserColumns {
  const idpActive = resource.active === true
  const active = idpActive && !hold.disabled && !hold.deleted
  const userName = String(resource.userName)
  const displayName = text(resource.displayName)
  const { schemas, ...attributes } = resource
  return {
    userName,
    userNameKey: userNameKey(userName),
    externalId: text(resource.externalId),
    displayName,
    displayNameKey: displayName === null ? null : caseKey(displayName),
    emails: emailKeys(resource),
    active,
    idpActive,
    resource: JSON.stringify({ schemas, id, ...attributes, active }),
    profile: hold.deleted ? '{}' : JSON.stringify(profileOf(resource, mapping)),
  }
}

/**
 * Returns whether any group of the tenant is in another group. Reads one entry of an index, which is empty if none
 * is.
 */
export function anyNested(tenant: Sql): Sql {
  return sql`exists (select from group_member n where n.tenant_id = ${tenant} and n.member_type = 'Group')`
}

/**
 * Returns the `groups` of the user `u`, including those through other groups, as lines for {@link groupElements}.
 * @see RFC 7643 §4.1.2: read-only, derived from the groups' members
 */
export function userGroups({ tenantId }: Pick<Provisioner, 'tenantId'>): Sql {
  // Uses the tenant itself, not `u`, so that PostgreSQL checks once and not for each user of a page.
  return sql`case when ${anyNested(sql`${tenantId}::uuid`)} then effective_group_lines(u.tenant_id, u.id)
    else (select string_agg(group_line(m.group_id, 'direct', g.display_name), E'\n' order by m.group_id)
      from group_member m join directory_group g on g.id = m.group_id
      where m.member_id = u.id and m.tenant_id = u.tenant_id) end`
}

/** The length of a UUID. In a line it is followed by one letter for the type, and the name as JSON. */
const ID = 36

/** Returns the elements of `groups` as JSON text. @param lines from {@link userGroups} */
function groupElements(lines: string, base: string): string {
  const ref = `","$ref":"${base}/Groups/`
  const element = (line: string) => {
    const id = line.slice(0, ID)
    const type = line.charAt(ID) === 'd' ? 'direct' : 'indirect'
    return `{"value":"${id}${ref}${id}","display":${line.slice(ID + 1)},"type":"${type}"}`
  }
  return lines.split('\n').map(element).join(',')
}

export const NO_GROUPS = raw('null::text')

/**
 * Returns the columns of `ShownUser`, from a table called `u`. A page has hundreds of rows, and each column takes
 * time.
 */
export function shownUser(groups: Sql): Sql {
  return sql`u.id, u.resource, u.version::text as version, u.created_at::text as "createdAt",
    u.changed_at::text as "changedAt", ${groups} as groups`
}

/** Returns the columns of `UserRow`. */
export function userRow(groups: Sql): Sql {
  return sql`${shownUser(groups)}, u.idp_active as "idpActive", u.disabled_at is not null as disabled,
    u.deleted_at is not null as deleted`
}

/**
 * Returns the version as an entity tag. It is weak, because the text may differ where the meaning doesn't.
 * @see RFC 7644 §3.14
 */
export function userVersion({ version }: Pick<UserRow, 'version'>): string {
  return entityTag(version)
}

/** Returns the version for a response. It is different if the response shows different `groups`. */
export function shownVersion({ version, groups }: Pick<ShownUser, 'version' | 'groups'>): string {
  return entityTag(version, groups === null ? undefined : hash('sha1', groups, 'base64url'))
}

/**
 * Returns the whole resource as SCIM sends it.
 * @param base absolute URL of the SCIM endpoint, without a trailing slash
 */
export function userText(row: ShownUser, base: string): string {
  const groups = row.groups === null ? '' : `,"groups":[${groupElements(row.groups, base)}]`
  const meta = `"created":"${wireTime(row.createdAt)}","lastModified":"${wireTime(row.changedAt)}"`
  const version = `"version":${JSON.stringify(shownVersion(row))}`
  return `${row.resource.slice(0, -1)}${groups},"meta":{"resourceType":"User",${meta},"location":"${base}/Users/${row.id}",${version}}}`
}

/**
 * Turns `2026-11-23 20:48:08.46+00` into `2026-11-23T20:48:08.460Z`. Works on the text: a page of users has hundreds
 * of times, and making a Date of each takes longer than the rest of the response.
 */
export function wireTime(text: string): string {
  const fraction = text.slice(20, text.indexOf('+', 19)).padEnd(3, '0')
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.charAt(19) === '.' ? fraction : '000'}Z`
}
