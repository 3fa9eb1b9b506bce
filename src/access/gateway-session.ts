// What the gateway asks for each request: whose session a cookie is, and what may be reached with it. One statement, by
// keys; nothing of it is remembered, so what was revoked is refused at the next request, on every process.
import { anyNested } from '#directory/users/user-row.ts'
import { digestOf, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database } from '#platform/database/database.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import { LIVE, SESSION_AGES } from '#sign-in/sessions/sessions.ts'
import type { AccessPolicy, SessionAccess } from './decide.ts'
import { signingKeyOf } from './signing-keys.ts'

/** A user at the door of an application. */
export interface GatewaySession extends AccessPolicy, SessionAccess {
  readonly tenantId: string
  readonly applicationId: string
  readonly applicationName: string
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  readonly profile: Readonly<Record<string, string>>
  /** Names of the groups that they are in, also by way of other groups. */
  readonly groups: readonly string[]
  /** Of the key that signs what the application is told; null: none was made yet. */
  readonly signingKeyId: string | null
  /** The session has not been seen for a while. */
  readonly needsTouch: boolean
}

const GROUPS_AT_MOST = 500

const AT_MOST = raw(`limit ${GROUPS_AT_MOST}`)

/** Ids of the groups of the user `u`, also of those that they are in through other groups. */
export const GROUPS_OF_USER = sql`(select case when ${anyNested(raw('u.tenant_id'))}
        then array(select m.group_id from effective_groups(u.tenant_id, array[u.id]) m ${AT_MOST})
        else array(select m.group_id from group_member m
          where m.member_id = u.id and m.tenant_id = u.tenant_id ${AT_MOST}) end)`

/** Whether the application `p` is for the user `u`, whose groups are `e.ids`. */
export const GRANTED =
  raw(`(p.for_everybody or exists (select from application_grant g where g.application_id = p.id
  and g.tenant_id = p.tenant_id and g.lost_at is null and (g.subject_id = u.id or g.subject_id = any(e.ids))))`)

/**
 * Returns whose session the token is, at the application that its tenant has at this origin.
 * @param slug short name of the tenant that the gateway's address names; the token of another tenant finds nobody
 */
export async function findGatewaySession(
  db: Database,
  slug: string,
  origin: string,
  token: string | undefined,
): Promise<GatewaySession | undefined> {
  const tenantId = token === undefined ? undefined : tenantOfToken('applicationSession', token)
  if (token === undefined || tenantId === undefined) return undefined
  const [session] = await db.read<GatewaySession>(
    { tenantId },
    prepared(
      'gateway.verify',
      sql`select p.tenant_id as "tenantId", p.id as "applicationId", p.name as "applicationName", p.enabled,
          p.session_minutes as "sessionMinutes", p.factor_minutes as "factorMinutes", s.id as "sessionId",
          u.id as "userId", u.user_name as "userName", u.profile,
          ${SESSION_AGES},
          s.last_seen_at < now() - interval '1 minute' as "needsTouch",
          ${GRANTED} as granted, ${signingKeyOf(raw('a.tenant_id'))} as "signingKeyId",
          array(select d.display_name from directory_group d where d.id = any(e.ids) order by d.display_name) as groups
        from application_session a
        join tenant t on t.id = a.tenant_id and t.slug = ${slug}
        join application p on p.id = a.application_id and p.tenant_id = a.tenant_id
        join user_session s on s.id = a.session_id and s.tenant_id = a.tenant_id
        join directory_user u on u.id = s.user_id
        join identity_provider i on i.id = s.idp_id
        cross join lateral ${GROUPS_OF_USER} as e(ids)
        where a.digest = ${digestOf(token)} and a.tenant_id = ${tenantId} and p.origin = ${origin}
          and u.active and u.disabled_at is null and u.deleted_at is null and i.enabled
          and ${LIVE}`,
    ),
  )
  return session
}
