// Our package doesn't depend on the peers. Their packages are installed at bench time, in fixed versions, into a
// folder that git ignores. `node bench/peers/packages.ts` installs them before a run.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { NotRun } from '../promise.ts'

const PACKAGES = {
  '@boxyhq/saml-jackson': '26.2.0',
  express: '5.3.0',
  scimmy: '1.3.5',
  'scimmy-routers': '1.3.2',
}
const FOLDER = join(import.meta.dirname, '../../reports/bench-peers')
const MANIFEST = join(FOLDER, 'package.json')
const DONE = join(FOLDER, 'installed.json')
const INSTALL_MILLISECONDS = 600_000

/** Loads a package of a peer. Our types don't know its exports. */
export function peerRequire(name: keyof typeof PACKAGES) {
  return createRequire(MANIFEST)(name)
}

/** Installs the packages of the peers. @throws {NotRun} if npm can't install them, with the end of its output */
export async function installPeers(): Promise<void> {
  const wanted = JSON.stringify({ private: true, dependencies: PACKAGES })
  if (readIfThere(DONE) === wanted) return
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(MANIFEST, wanted)
  // No install scripts: they would build binaries for databases that aren't measured.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const npm = spawn('npm', ['install', '--prefix', FOLDER, ...options], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: INSTALL_MILLISECONDS,
  })
  const failure = await outcome(npm)
  if (failure !== undefined) throw new NotRun(`the peers cannot be installed: ${failure}`)
  writeFileSync(DONE, wanted)
}

/** Waits for npm. @returns why it failed; undefined if it succeeded */
async function outcome(npm: ChildProcess): Promise<string | undefined> {
  const words: string[] = []
  npm.stderr?.setEncoding('utf8').on('data', (text: string) => words.push(text))
  try {
    const [code, signal] = await once(npm, 'close')
    if (code === 0) return undefined
    return `npm ended with ${code ?? signal}: ${words.join('').trim().split('\n')[0] ?? ''}`
  } catch (error) {
    return String(error)
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  await installPeers()
  process.stdout.write('the peers are installed\n')
}
