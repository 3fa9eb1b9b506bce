import type pg from 'pg'

/** The two ways into one database. Where it has a single user, both are the same. */
export interface Logins<Connection extends pg.ClientConfig = pg.ClientConfig> {
  /** Owns the tables. Used to migrate them, and closed again. */
  readonly owner: Connection
  /** What requests, commands and background work use. */
  readonly serving: Connection
}

/** @param migrationUrl of the owner; the one user of `url` is both when it is left out */
export function loginsOf(url: string, migrationUrl = url): Logins {
  return { owner: { connectionString: migrationUrl }, serving: { connectionString: url } }
}
