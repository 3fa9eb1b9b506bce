// Runs before `npm start`, `npm run demo` and `npm test`: builds the portal's pages when their sources have changed since.
// Plain JavaScript with a namespace import, so that it can say on an old Node what is wrong.
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Node ${process.versions.node} is too old, and npm installed none for this platform: put Node 24 or newer on PATH.`,
  )
  process.exit(1)
}

const STAMP = 'dist/web/.sources'
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

if (!fs.existsSync(STAMP) || fs.readFileSync(STAMP, 'utf8') !== sourcesHash) {
  console.error('Building the portal (once for each change of its sources) …')
  const { build } = await import('vite')
  await build({ logLevel: 'warn' })
  fs.writeFileSync(STAMP, sourcesHash)
}
