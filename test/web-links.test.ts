// Links of the portal are texts, so nothing else notices when the page behind one is gone.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../web/src')
const files = globSync('**/*.{ts,tsx}', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}))

const routes = files
  .filter(({ file }) => file.endsWith('routes.tsx'))
  .flatMap(({ text }) => [...text.matchAll(/\bpath: '([^']+)'/g)].map(([, route = '']) => route))

/** Splits a route (`/users/$id`) or a link (`/users/${user.id}`) into segments, with `*` for each variable. */
const segmentsOf = (address: string) =>
  address
    .replace(/\$\{[^}]*\}|\$\w+/g, '*')
    .replace(/[?#].*$/, '')
    .split('/')

function leadsTo(route: string, link: string): boolean {
  const expected = segmentsOf(route)
  const given = segmentsOf(link)
  return given.length === expected.length && expected.every((one, i) => one === '*' || one === given[i])
}

test('every link of the portal leads to a page that exists', () => {
  expect(routes.length).toBeGreaterThan(25)
  const broken = files.flatMap(({ file, text }) =>
    [...text.matchAll(/\bto(?:=|: )\{?["'`](\/[^"'`]*)["'`]/g)]
      .filter(([, address = '']) => !routes.some((route) => leadsTo(route, address)))
      .map(([, address]) => `${file}: ${address}`),
  )
  expect(broken).toEqual([])
})
