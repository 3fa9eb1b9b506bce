// Documents name files, folders, sections and npm scripts. Each of them has to exist, so that a move can't leave a document behind.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const documents = globSync(['*.md', 'docs/**/*.md', '{web,src,simulator,bench,test}/**/*.md'], { cwd: root })
const textOf = (document: string) => readFileSync(path.join(root, document), 'utf8')

const fileNames = new Set(
  globSync('{src,web,test,docs,scripts,bench,simulator,migrations,bin}/**', { cwd: root }).map((file) =>
    path.basename(file),
  ),
)

/** Paths are written from the root, from src/ or from the document's own folder. */
const FOLDERS = ['', 'src']
/** Made by a command, or by the service. */
const GENERATED = /^(\.\/)?(data|dist|reports|node_modules)(\/|$)|^secret\.key$|^postgres\.log$/
const PACKAGE = /^@[\w-]+\/[\w.-]+$/
const EXTENSION = /\.(ts|tsx|mjs|sql|md|json|yml|conf|css)$/

function isThere(document: string, named: string): boolean {
  const folders = [...FOLDERS, path.dirname(document)]
  if (named.includes('*'))
    return folders.some((folder) => globSync(named, { cwd: path.join(root, folder) }).length > 0)
  return folders.some((folder) => existsSync(path.join(root, folder, named)))
}

function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([\w.@*{},-]+(?:\/[\w.@*{},-]+)*\/?)`/g)].map(([, named = '']) => named)
  const isPath = (named: string) => named.includes('/') || EXTENSION.test(named)
  return quoted.filter((named) => isPath(named) && !GENERATED.test(named) && !PACKAGE.test(named))
}

/** What GitHub makes of a heading. */
function anchorsOf(document: string): string[] {
  const headings = [...textOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('every file and folder that a document names exists', () => {
  const missing = documents.flatMap((document) =>
    pathsIn(textOf(document))
      .filter((named) => {
        if (!named.includes('/')) return !fileNames.has(named) && !isThere(document, named)
        return !isThere(document, named)
      })
      .map((named) => `${document}: ${named}`),
  )
  expect(missing).toEqual([])
})

test('every link between documents leads to a file, and to a section that it has', () => {
  const broken = documents.flatMap((document) =>
    [...textOf(document).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)]
      .filter(([, target = '', anchor]) => {
        const file = target === '' ? document : path.join(path.dirname(document), target)
        if (!existsSync(path.join(root, file))) return true
        return anchor !== undefined && !anchorsOf(file).includes(anchor)
      })
      .map(([link]) => `${document}: ${link}`),
  )
  expect(broken).toEqual([])
})

test('every npm script that a document names exists', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  const unknown = documents.flatMap((document) =>
    [...textOf(document).matchAll(/\bnpm run ([\w:]+)/g)]
      .filter(([, name = '']) => scripts[name] === undefined)
      .map(([command]) => `${document}: ${command}`),
  )
  expect(unknown).toEqual([])
})
