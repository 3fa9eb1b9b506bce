import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const ROOMY_BYTES = 1024 ** 3

/** Where throw-away clusters go: memory where there is enough of it, else the temporary folder. */
export function roomyFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize > ROOMY_BYTES) return '/dev/shm'
  } catch {
    // not Linux
  }
  return tmpdir()
}
