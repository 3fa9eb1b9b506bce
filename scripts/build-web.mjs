// Runs before `npm start`, `npm run demo` and `npm test`: builds the portal's pages when their sources have changed since.
// In a checkout that can't be written they go into the data folder, where the service looks for them next.
// Plain JavaScript with a namespace import, so that it can say on an old Node what is wrong.
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import * as path from 'node:path'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Node ${process.versions.node} is too old, and npm installed none for this platform: put Node 24 or newer on PATH.`,
  )
  process.exit(1)
}

const STAMP = '.sources'
const PAGES = 'dist/web'
const hash = createHash('sha256')
const sources = fs.globSync([
  'web/**/*.{ts,tsx,css,html,svg,json}',
  'src/http/portal/**/*contract*.ts',
  'src/http/portal/contract/*.ts',
  'src/{audit,logs}/vocabulary.ts',
  'vite.config.ts',
  'package-lock.json',
])
for (const file of sources.sort()) hash.update(file).update(fs.readFileSync(file))
const sourcesHash = hash.digest('hex')

if (!isBuilt(PAGES)) {
  const folder = isWritable() ? PAGES : await folderOutside()
  if (folder && !isBuilt(folder)) await buildInto(folder)
}

function isBuilt(folder) {
  const stamp = path.join(folder, STAMP)
  return fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === sourcesHash
}

function isWritable() {
  try {
    fs.mkdirSync(PAGES, { recursive: true })
    fs.accessSync(PAGES, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Undefined where the service uses older pages all the same, or will refuse the settings and say why. */
async function folderOutside() {
  if (fs.existsSync(path.join(PAGES, 'index.html'))) {
    console.error(
      `The pages in ${PAGES} are older than their sources, and can't be written: run npm run build there.`,
    )
    return undefined
  }
  const { pagesFolder, readConfig } = await import('../src/config.ts')
  try {
    return pagesFolder(readConfig(process.env))
  } catch {
    return undefined
  }
}

async function buildInto(folder) {
  console.error('Building the portal (once for each change of its sources) …')
  const { build } = await import('vite')
  // Vite's other loaders write into node_modules.
  const outDir = path.resolve(folder)
  await build({ logLevel: 'warn', configLoader: 'native', build: { outDir } })
  fs.writeFileSync(path.join(folder, STAMP), sourcesHash)
}
