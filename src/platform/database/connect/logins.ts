import { Refused } from '#errors.ts'
import type { Target } from './route.ts'
import { readDatabaseUrl, type Ways } from './url.ts'

/** The two logins of one database. Where it has a single user, both are the same. */
export interface Logins<Connection extends Target = Target> {
  /** Owns the tables. Used to migrate them, and closed again. */
  readonly owner: Connection
  /** What requests, commands and background work use. */
  readonly serving: Connection
}

/**
 * @param migrationUrl of the owner; the one user of `url` is both when it is left out
 * @throws {Refused} naming the setting and what is wrong with it
 */
export function loginsOf(url: string, migrationUrl?: string): Logins<Ways> {
  const serving = read('DATABASE_URL', url)
  const owner = migrationUrl === undefined ? serving : read('DOORLIST_MIGRATION_DATABASE_URL', migrationUrl)
  return { owner, serving }
}

function read(name: string, url: string): Ways {
  try {
    return readDatabaseUrl(url)
  } catch (error) {
    throw error instanceof Refused ? new Refused(`${name}: ${error.message}`) : error
  }
}
