// The memory of a process, as Linux tells it.
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

/** MiB. @throws {NotRun} where there is no /proc */
export const residentMiB = (pid: number): number => read(pid, 'VmRSS')

/** MiB, since the last call of {@link forgetPeak}. @throws {NotRun} where there is no /proc */
export const peakMiB = (pid: number): number => read(pid, 'VmHWM')

/** @throws {NotRun} where the system does not let us */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch (error) {
    throw new NotRun(`the peak of a process cannot be reset here: ${error}`)
  }
}
