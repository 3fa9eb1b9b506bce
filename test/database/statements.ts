// What the statements of the source do to each table, read from their text: to compare with what the service may do.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Verb = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'

const SOURCE = join(import.meta.dirname, '../../src')

function sources(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
}

/** Statements whose table is a parameter, in files that name the tables they are for. */
const DELETES_BY_NAME = /delete from \$\{/

/**
 * @param bodies source of the database's own functions, which run with the rights of whoever calls them
 * @returns for each table, the verbs that some statement may use on it; rather too many than too few
 */
export function verbsUsed(tables: readonly string[], bodies: readonly string[]): Map<string, Set<Verb>> {
  const used = new Map(tables.map((table) => [table, new Set<Verb>(['SELECT'])]))
  for (const text of [...sources(), ...bodies])
    for (const [table, verbs] of used) {
      const has = (pattern: string) => new RegExp(pattern, 's').test(text)
      if (has(`insert into ${table}\\b`)) verbs.add('INSERT')
      if (has(`update ${table}\\b`) || has(`insert into ${table}\\b[^\`]*do update`)) verbs.add('UPDATE')
      // A lock on a row is asked for like a change of it.
      if (has(`(from|join) ${table}\\b[^\`]*for (no key update|update|share|key share)`)) verbs.add('UPDATE')
      if (has(`delete from ${table}\\b`)) verbs.add('DELETE')
      if (DELETES_BY_NAME.test(text) && has(`['"\` ]${table}\\b`)) verbs.add('DELETE')
    }
  return used
}

/** Names of functions that some statement of the source calls. */
export function functionsCalled(names: readonly string[]): string[] {
  const text = sources().join('\n')
  return names.filter((name) => new RegExp(`\\b${name}\\(`).test(text))
}
