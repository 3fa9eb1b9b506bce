// Reads the memory and CPU time of a process from Linux's /proc.
import { readFileSync, writeFileSync } from 'node:fs'
import { NotRun } from './promise.ts'

function read(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(kilobytes?.[1]) / 1024
  } catch (error) {
    throw new NotRun(`the memory of a process cannot be read here: ${error}`)
  }
}

/** Returns the resident memory in MiB. @throws {NotRun} if there is no /proc */
export const residentMiB = (pid: number): number => read(pid, 'VmRSS')

/** Returns the peak memory in MiB since the last call of {@link forgetPeak}. @throws {NotRun} if there is no /proc */
export const peakMiB = (pid: number): number => read(pid, 'VmHWM')

/** Resets the peak memory of a process. @throws {NotRun} if the system doesn't allow it */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch (error) {
    throw new NotRun(`the peak of a process cannot be reset here: ${error}`)
  }
}

/** A memory reading; `at` in milliseconds since 1970. */
export interface Reading {
  readonly at: number
  readonly rssMiB: number
}

const BETWEEN_READINGS_MILLISECONDS = 250

/**
 * Reads the memory of a process four times a second.
 * @returns a function that stops this and returns the readings; none if there is no /proc
 */
export function watchMemory(pid: number): () => readonly Reading[] {
  const readings: Reading[] = []
  const timer = setInterval(() => {
    try {
      readings.push({ at: Date.now(), rssMiB: residentMiB(pid) })
    } catch (error) {
      if (!(error instanceof NotRun)) throw error
      clearInterval(timer)
    }
  }, BETWEEN_READINGS_MILLISECONDS)
  return () => {
    clearInterval(timer)
    return readings
  }
}

const MILLISECONDS_PER_TICK = 10

/** Returns the CPU time of a process in milliseconds. @throws {NotRun} if there is no /proc */
export function cpuMilliseconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * MILLISECONDS_PER_TICK
  } catch (error) {
    throw new NotRun(`the processor time of a process cannot be read here: ${error}`)
  }
}
