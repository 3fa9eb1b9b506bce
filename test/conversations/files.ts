import { readdirSync, readFileSync } from 'node:fs'
import type { Sequence } from './run.ts'

/** Every recorded sequence, one file for each identity provider. */
export function recordedSequences(): Sequence[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as Sequence[])
}
