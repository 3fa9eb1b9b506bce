// Programs for an account without a name, as in a container that runs as an arbitrary user id. initdb, and the server that
// it runs to make a cluster, look their user's name up and give up when there is none; they use it for nothing else here.
// A server that runs on a cluster does not ask. So the cluster is made by copies of the two programs that call getpwent,
// which returns the first entry of /etc/passwd, in place of getpwuid (decision 0028).
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'

/** Names in the table of what a program takes from libraries; both are of one length and return the same type. */
const ASKED = Buffer.from('\0getpwuid\0')
const ANSWERED = Buffer.from('\0getpwent\0')

/** Runs `work` with the copies, in `folder`, which is removed again. @throws when a program can't be copied that way */
export async function withNamelessPrograms(
  binaries: Binaries,
  folder: string,
  work: (copies: Binaries) => Promise<void>,
): Promise<void> {
  const native = join(dirname(binaries.initdb), '..')
  const copies = { initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') }
  try {
    mkdirSync(join(folder, 'bin'), { recursive: true, mode: 0o700 })
    for (const shared of ['lib', 'share']) symlinkSync(join(native, shared), join(folder, shared))
    copyProgram(binaries.initdb, copies.initdb)
    copyProgram(binaries.postgres, copies.postgres)
    await work(copies)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function copyProgram(from: string, to: string): void {
  const program = readFileSync(from)
  const place = program.indexOf(ASKED)
  if (place < 0 || program.indexOf(ASKED, place + 1) >= 0)
    throw new Error(
      `User id ${process.getuid?.()} has no entry in /etc/passwd, and this build of PostgreSQL needs one. ` +
        'Add an entry, or set DATABASE_URL to use a PostgreSQL server of your own',
    )
  ANSWERED.copy(program, place)
  writeFileSync(to, program, { mode: 0o700 })
}
