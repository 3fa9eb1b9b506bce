// Plants secrets in requests and looks for them afterwards: in answers, in the process log, in metrics, and in every table
// of the database, which holds the audit, activity, system and request logs. A secret that was sent must be in none of
// them: not as it was written, and not in base64 or hex.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { measureRequests } from '#http/operator/door.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import type { Connection } from '#platform/postgres/embedded.ts'
import type { House, HouseWish } from './harness.ts'

interface Answer {
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

export interface PlantedSecrets {
  /** To be given to `openHouse`, so that the process log, from `trace` on, and the metrics are searched too. */
  readonly wish: Required<Pick<HouseWish, 'log' | 'prepare'>>
  /**
   * Returns a secret that is used nowhere else. It has only the letters a to z and digits, so that it looks the same in
   * JSON, in a URL and in a form.
   * @param where is named when the secret is found: `POST /session, password`
   */
  secret(where: string): string
  /** Remembers an answer, to be searched. @param to what was asked */
  answered(to: string, answer: Answer): void
  /**
   * Searches everything that has been written so far, and what the house has collected but not written yet.
   * @param lines further lines of a process log, where the house has another one
   * @returns one line for each place in which a secret was found; empty when none was
   */
  leaks(house: House, lines?: readonly string[]): Promise<string[]>
}

/** What a request log takes after the answer may be on its way still. */
const SETTLING_MILLISECONDS = 50

export function plantedSecrets(): PlantedSecrets {
  const mark = `planted${randomBytes(8).toString('hex')}`
  const planted: string[] = []
  const lines: string[] = []
  const answers: { readonly place: string; readonly text: string }[] = []
  const metrics = createMetrics()
  const search = searchFor(mark, planted)
  return {
    wish: {
      log: createLog('trace', { write: (line) => void lines.push(line) }),
      prepare: (server) => measureRequests(server, metrics),
    },
    secret(where) {
      planted.push(where)
      return `${mark}n${planted.length - 1}x`
    },
    answered(to, { headers, text }) {
      answers.push({ place: `answer to ${to}`, text: `${JSON.stringify(headers)}\n${text}` })
    },
    async leaks(house, more = []) {
      await pause(SETTLING_MILLISECONDS)
      await Promise.all([house.requestLog.flush(), house.activity.flush(), house.flushUnknown()])
      const logged = [...lines, ...more].flatMap((line) => search('process log', line))
      const answered = answers.flatMap(({ place, text }) => search(place, text))
      const measured = search('metrics', await metrics.text())
      const stored = await searchTables(house.connection, search)
      return [...new Set([...answered, ...logged, ...measured, ...stored])]
    },
  }
}

type Search = (place: string, text: string) => string[]

const AROUND = 80

function searchFor(mark: string, planted: readonly string[]): Search {
  const encoded = [Buffer.from(mark).toString('hex'), ...inBase64(mark)]
  const pattern = new RegExp(`${mark}n(\\d+)x|${encoded.map(RegExp.escape).join('|')}`, 'gi')
  return (place, text) =>
    [...text.matchAll(pattern)].map(({ 0: found, 1: number, index }) => {
      const where = number === undefined ? 'a secret in another encoding' : planted[Number(number)]
      const excerpt = text.slice(Math.max(0, index - AROUND), index + found.length + AROUND)
      return `${where} is in ${place}: ${excerpt}`
    })
}

/** A text looks different in base64 for each of three places at which it may begin; its ends depend on its neighbours. */
function inBase64(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const from = before === 0 ? 0 : before + 1
    const whole = bytes.toString('base64').replace(/=+$/, '').slice(from, -2)
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** Each row of each table as one text. Bytes are shown in hex. */
async function searchTables(connection: Connection, search: Search): Promise<string[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class
       where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`,
    )
    const found: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`)
      found.push(...rows.flatMap(({ text }) => search(`table ${name}`, text)))
    }
    return found
  } finally {
    await client.end()
  }
}
