// Programs for an account without a name, for example in a container that runs as an arbitrary user id. initdb, and
// the server that it runs to create a cluster, look up the name of their user and fail if there is none, although
// they don't need it here. A server on an existing cluster doesn't look it up. So the cluster is created with copies
// of both programs that call getpwent, which returns the first entry of /etc/passwd, instead of getpwuid (decision
// 0028).
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'

/**
 * Names in a program's table of imported functions. Both have the same length, and the functions return the same
 * type.
 */
const ASKED = Buffer.from('\0getpwuid\0')
const ANSWERED = Buffer.from('\0getpwent\0')

/**
 * Runs `work` with copies of the programs in `folder`, and then removes the folder.
 * @throws if a program can't be patched
 */
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
