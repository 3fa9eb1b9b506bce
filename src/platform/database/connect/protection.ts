// Checks the rights of the service's database login (decision 0022). They limit what a statement injected into the
// service's connection could do.
import { Refused } from '#errors.ts'
import { type Database, SYSTEM } from '../database.ts'
import { sql } from '../sql.ts'

interface Session {
  readonly login: string
  readonly role: string
  /** The role that serves in this database; null if the owner of the tables serves. */
  readonly service: string | null
  readonly isSuperuser: boolean
  readonly bypasses: boolean
  readonly owns: boolean
  readonly mayCreateRoles: boolean
}

/**
 * Returns what protection is missing, as a sentence for operators; undefined if none is.
 * @throws {Refused} if the login can't act as the role that serves in this database
 */
export async function missingProtection(db: Database): Promise<string | undefined> {
  const [session] = await db.run<Session>(
    SYSTEM,
    sql`select session_user as login, current_user as role, service_role() as service, rolsuper as "isSuperuser",
        rolbypassrls as bypasses, rolcreaterole as "mayCreateRoles",
        pg_has_role(session_user, (select relowner from pg_class where oid = 'audit_event'::regclass), 'member') as owns
      from pg_roles where rolname = session_user`,
  )
  if (!session) return undefined
  const { login, role, service } = session
  if (service !== null && role !== service)
    throw new Refused(
      `The database user ${login} can't act as ${service}. Run as an administrator of the server: ${grant(session)}`,
    )
  const might = powerOf(session)
  return (
    might &&
    `The service logs in to PostgreSQL as ${login}. If a statement were injected, it could ${might}. Use two database users instead.`
  )
}

const grant = ({ login, service }: Session) => `GRANT ${service} TO "${login}"`

function powerOf({ isSuperuser, bypasses, owns, mayCreateRoles, service }: Session): string | undefined {
  if (isSuperuser)
    return 'read and change everything, also the audit log, and run programs on the database server'
  if (owns && service === null) return 'turn row-level security off and change the audit log'
  if (owns)
    return 'leave the role that protects the data, and then turn row-level security off and change the audit log'
  if (bypasses) return 'read the data of every tenant'
  return mayCreateRoles ? 'create roles' : undefined
}
