// Who owns a second factor: an administrator or a user. Both have the same kinds of factors in the same tables. A row has
// exactly one owner and is deleted with it.
import { type Sql, sql } from '#platform/database/sql.ts'

export interface FactorOwnerId {
  readonly kind: 'administrator' | 'user'
  readonly id: string
}

export interface FactorOwner extends FactorOwnerId {
  /** The owner's name in the audit log and in authenticator apps: an email address or a userName. */
  readonly name: string
}

/** Returns the SQL condition for rows of this owner. */
export function ownedBy({ kind, id }: FactorOwnerId): Sql {
  return kind === 'administrator' ? sql`administrator_id = ${id}` : sql`user_id = ${id}`
}

/** Returns the values of `administrator_id, user_id` for a new row. */
export function ownerValues({ kind, id }: FactorOwnerId): Sql {
  return sql`${kind === 'administrator' ? id : null}::uuid, ${kind === 'user' ? id : null}::uuid`
}
