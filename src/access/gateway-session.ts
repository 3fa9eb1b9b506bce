// The gateway's look-up for each request: whose session a cookie is, and whether the user has access. One statement, by keys.
// Nothing is cached, so a revocation holds at the next request, on every process.
import { anyNested } from '#directory/users/user-row.ts'
import { digestOf, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database } from '#platform/database/database.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import { LIVE, SESSION_AGES } from '#sign-in/sessions/sessions.ts'
import type { AccessPolicy, SessionAccess } from './decide.ts'
import { signingKeyOf } from './signing-keys.ts'

/** A session that requests an application. */
export interface GatewaySession extends AccessPolicy, SessionAccess {
  readonly tenantId: string
  readonly applicationId: string
  readonly applicationName: string
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  readonly profile: Readonly<Record<string, string>>
  /** The names of the user's groups, including nested ones. */
  readonly groups: readonly string[]
  /** The id of the tenant's signing key; null: none was created yet. */
  readonly signingKeyId: string | null
  /** The session's idle time should be reset. */
  readonly needsTouch: boolean
}

const GROUPS_AT_MOST = 500

const AT_MOST = raw(`limit ${GROUPS_AT_MOST}`)

/** The ids of the groups of the user `u`, including nested ones. */
export const GROUPS_OF_USER = sql`(select case when ${anyNested(raw('u.tenant_id'))}
        then array(select m.group_id from effective_groups(u.tenant_id, array[u.id]) m ${AT_MOST})
        else array(select m.group_id from group_member m
          where m.member_id = u.id and m.tenant_id = u.tenant_id ${AT_MOST}) end)`

/** Whether the user `u`, whose groups are `e.ids`, is granted the application `p`. */
export const GRANTED =
  raw(`(p.for_everybody or exists (select from application_grant g where g.application_id = p.id
  and g.tenant_id = p.tenant_id and g.lost_at is null and (g.subject_id = u.id or g.subject_id = any(e.ids))))`)

/**
 * Returns the session of a token at the tenant's application with this origin.
 * @param slug short name of the tenant in the gateway's address; tokens of other tenants are unknown
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
