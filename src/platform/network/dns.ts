// The one way to the domain name system: TXT records, in bounded time.
import { Resolver } from 'node:dns/promises'

const TRY_MILLISECONDS = 2_000
const TRIES = 2
const LONGEST_MILLISECONDS = 5_000
const RECORDS_AT_MOST = 100

export interface Dns {
  /**
   * @returns each record as one text; none where there is no such name or no such record
   * @throws {DnsSilent}
   */
  txt(name: string): Promise<string[]>
}

/** There was no answer, or none that says anything. */
export class DnsSilent extends Error {}

/** @param servers addresses with or without a port; none: those that this machine asks */
export function openDns(servers: readonly string[] = []): Dns {
  return {
    async txt(name) {
      // One for each question: so nothing is left open between them, and a question that hangs holds no other.
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
