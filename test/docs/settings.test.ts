import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { readConfig, SETTING_GROUPS } from '#config.ts'

const root = path.resolve(import.meta.dirname, '../..')
const settings = SETTING_GROUPS.flatMap(([, group]) => Object.values(group))
const names = settings.map(({ name }) => name)

/** Names that only the command line, the tests or the bench read. */
const OTHERS = ['DOORLIST_SIMULATE_TOKEN', 'DOORLIST_SIMULATE_SECRET', 'DOORLIST_SCREENSHOTS']

test('docs/settings.md is what `npm run docs:settings` writes', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [
    path.join(root, 'scripts/settings.mjs'),
    '--check',
  ])
  expect(stderr).toBe('')
})

test('each setting has a description, a default or what happens without one, and an example that is allowed', () => {
  expect(settings.filter(({ description }) => !/^[A-Z`].*\.$/s.test(description))).toEqual([])
  expect(settings.filter((setting) => !setting.default && !setting.unset)).toEqual([])
  const examples = settings.filter(({ name }) => name !== 'DOORLIST_CONFIG') // a file that isn't here
  readConfig(Object.fromEntries(examples.map(({ name, example }) => [name, example])))
})

test('every setting that sources or documents name exists', () => {
  const files = ['src', 'docs', 'bin', 'simulator']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.join(folder, file),
      ),
    )
    .concat('README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md')
    .filter((file) => /\.(ts|md|html)$|bin\/doorlist$/.test(file))
  const unknown = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const named = [...text.matchAll(/\bDOORLIST_[A-Z_]*[A-Z]\b/g)].map(([name]) => name)
    return named
      .filter((name) => !names.includes(name) && !OTHERS.includes(name))
      .map((name) => `${file}: ${name}`)
  })
  expect(unknown).toEqual([])
})
