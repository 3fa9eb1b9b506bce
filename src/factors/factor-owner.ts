// Whose a second factor is. Administrators and the users of an identity provider have the same kinds, in the same tables;
// a row belongs to exactly one of them, and dies with it.
import { type Sql, sql } from '#platform/database/sql.ts'

export interface FactorOwnerId {
  readonly kind: 'administrator' | 'user'
  readonly id: string
}

export interface FactorOwner extends FactorOwnerId {
  /** As the audit log and an authenticator name them: an e-mail address, a userName. */
  readonly name: string
}

/** The condition on a table of factors under which a row is theirs. */
export function ownedBy({ kind, id }: FactorOwnerId): Sql {
  return kind === 'administrator' ? sql`administrator_id = ${id}` : sql`user_id = ${id}`
}

/** The values of `administrator_id, user_id` in a new row. */
export function ownerValues({ kind, id }: FactorOwnerId): Sql {
  return sql`${kind === 'administrator' ? id : null}::uuid, ${kind === 'user' ? id : null}::uuid`
}
