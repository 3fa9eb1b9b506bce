// DNS lookups: TXT records, in bounded time.
import { Resolver } from 'node:dns/promises'

const TRY_MILLISECONDS = 2_000
const TRIES = 2
const LONGEST_MILLISECONDS = 5_000
const RECORDS_AT_MOST = 100

export interface Dns {
  /**
   * @returns each record as one text; none if there is no such name or record
   * @throws {DnsSilent}
   */
  txt(name: string): Promise<string[]>
}

/** DNS didn't answer, or its answer says neither yes nor no. */
export class DnsSilent extends Error {}

/** @param servers addresses with or without a port; without any, the name servers of this machine */
export function openDns(servers: readonly string[] = []): Dns {
  return {
    async txt(name) {
      // One resolver for each lookup, so that nothing stays open, and a lookup that hangs doesn't block another.
      const resolver = new Resolver({ timeout: TRY_MILLISECONDS, tries: TRIES })
      if (servers.length > 0) resolver.setServers([...servers])
      const late = setTimeout(() => resolver.cancel(), LONGEST_MILLISECONDS)
      try {
        const records = await resolver.resolveTxt(name)
        return records.slice(0, RECORDS_AT_MOST).map((parts) => parts.join(''))
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException
        if (code === 'ENOTFOUND' || code === 'ENODATA') return []
        throw new DnsSilent(code, { cause: error })
      } finally {
        clearTimeout(late)
      }
    },
  }
}
