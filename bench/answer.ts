// How a server of the bench tells that it is up: it writes where it is and with which token into the file BENCH_ANSWER.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** A server that is measured. */
export interface Target {
  readonly name: string
  /** Of its SCIM service, without a slash at the end. */
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

/** @throws while it is not there yet */
export function readAnswer(file: string): Target {
  return JSON.parse(readFileSync(file, 'utf8')) as Target
}
