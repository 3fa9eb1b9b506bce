import { Refused } from '#errors.ts'
import type { Target } from './route.ts'
import { readDatabaseUrl, type Ways } from './url.ts'

/** The two logins of a database. They are the same if the operator has set up only one user. */
export interface Logins<Connection extends Target = Target> {
  /** Owns the tables. Only migrations use it. */
  readonly owner: Connection
  /** Used by requests, commands and background work. */
  readonly serving: Connection
}

/**
 * Reads the two logins from the settings.
 * @param migrationUrl URL of the owner; if it is left out, the user of `url` is also the owner
 * @throws {Refused} with the setting and what is wrong with it
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
