// The peers are no dependencies of ours: their packages are installed in these versions, at bench time, into a folder
// that git does not know. `node bench/peers/packages.ts` installs them ahead of a run.
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

/** Loads a package of a peer; what it exports is unknown to our types. */
export function peerRequire(name: keyof typeof PACKAGES) {
  return createRequire(MANIFEST)(name)
}

/** @throws {NotRun} when npm cannot install them, with its last words */
export async function installPeers(): Promise<void> {
  const wanted = JSON.stringify({ private: true, dependencies: PACKAGES })
  if (readIfThere(DONE) === wanted) return
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(MANIFEST, wanted)
  // Built binaries of databases that are not measured are not needed, so no package runs a script.
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

/** Undefined when it went well. */
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
