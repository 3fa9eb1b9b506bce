// The corpus: one file for each target, with texts that are valid or nearly so, and the words of their kind.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Seeds {
  readonly texts: readonly string[]
  readonly words: readonly string[]
}

const CORPUS = path.join(import.meta.dirname, 'corpus')

/** @param name of the target; its file is `corpus/{name}.json` */
export function seedsOf(name: string): Seeds {
  const { texts = [], words = [] } = read(`${name}.json`) as {
    texts?: readonly (string | object)[]
    words?: readonly string[]
  }
  return { texts: texts.map((text) => (typeof text === 'string' ? text : JSON.stringify(text))), words }
}

/** Inputs that showed a fault once, by target; each is run again in every fuzz. */
export function foundFaults(): { readonly target: string; readonly input: string }[] {
  return existsSync(path.join(CORPUS, 'found.json'))
    ? (read('found.json') as { target: string; input: string }[])
    : []
}

export function corpusFiles(): string[] {
  return readdirSync(CORPUS)
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(CORPUS, file), 'utf8'))
}
