// A server of the bench reports that it is up by writing its address and token to the file BENCH_ANSWER.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** A server to be measured. */
export interface Target {
  readonly name: string
  /** Base URL of its SCIM service, without a trailing slash. */
  readonly base: string
  readonly token: string
  readonly pid: number
}

export function tellReady(target: Omit<Target, 'pid'>): void {
  const answer = process.env.BENCH_ANSWER
  if (!answer) return
  writeFileSync(`${answer}.part`, JSON.stringify({ ...target, pid: process.pid }))
  renameSync(`${answer}.part`, answer)
}

/** Reads the server's report. @throws while the file doesn't exist yet */
export function readAnswer(file: string): Target {
  return JSON.parse(readFileSync(file, 'utf8')) as Target
}
