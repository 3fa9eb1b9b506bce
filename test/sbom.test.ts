import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '..')

interface Component {
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly hashes?: readonly { readonly content: string }[]
  readonly 'bom-ref': string
}
interface Bill {
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}
interface Locked {
  readonly version: string
  readonly dev?: boolean
}

let folder: string
let text: string
let bill: Bill
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'doorlist-sbom-'))
  text = await written('first.json')
  bill = JSON.parse(text)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(name: string): Promise<string> {
  const file = path.join(folder, name)
  await promisify(execFile)(process.execPath, [path.join(ROOT, 'scripts/sbom.mjs'), file], { cwd: folder })
  return readFile(file, 'utf8')
}

const named = ({ group, name, version }: Component) => `${group ? `${group}/` : ''}${name}@${version}`

async function json(file: string) {
  return JSON.parse(await readFile(path.join(ROOT, file), 'utf8'))
}

test('the bill of materials names every production dependency, on every platform, at its locked version', async () => {
  const { packages } = (await json('package-lock.json')) as { packages: Record<string, Locked> }
  const locked = Object.entries(packages)
    .filter(([place, { dev }]) => place !== '' && !dev)
    .map(([place, { version }]) => `${place.split('node_modules/').at(-1)}@${version}`)
  expect(locked.length).toBeGreaterThan(100)
  const names = new Set(bill.components.map(named))
  expect(locked.filter((one) => !names.has(one))).toEqual([])
})

test('it names Node, PostgreSQL and what the pages are built from, and no tool of ours', async () => {
  const { dependencies, devDependencies } = await json('package.json')
  const versions = new Map(bill.components.map((one) => [named(one).replace(/@[^@]*$/, ''), one.version]))
  expect(versions.get('node')).toMatch(/^\d+\.\d+\.\d+$/)
  expect(versions.get('postgresql')).toMatch(/^\d+\.\d+$/)
  for (const name of ['react', 'react-dom', '@mantine/core', '@tanstack/react-router', 'dayjs'])
    expect(versions.get(name)).toBe(devDependencies[name])
  expect(versions.get('fastify')).toBe(dependencies.fastify)
  for (const name of ['vitest', 'vite', '@biomejs/biome', 'typescript'])
    expect(versions.has(name)).toBe(false)
})

test('it is valid by the schema of CycloneDX, and each reference in it leads somewhere', async () => {
  const schemas = 'node_modules/@cyclonedx/cyclonedx-library/res/schema'
  const ajv = new Ajv({ strict: false, validateFormats: false })
  for (const name of ['spdx', 'jsf-0.82']) {
    const file = `${name}.SNAPSHOT.schema.json`
    ajv.addSchema({ ...(await json(`${schemas}/${file}`)), $id: `http://cyclonedx.org/schema/${file}` })
  }
  const isValid = ajv.compile(await json(`${schemas}/bom-1.6.SNAPSHOT.schema.json`))
  expect(isValid(bill), JSON.stringify(isValid.errors)).toBe(true)
  const refs = new Set(bill.components.map((one) => one['bom-ref']))
  expect(refs.size).toBe(bill.components.length)
  expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn.filter((ref) => !refs.has(ref)))).toEqual([])
})

test('each package has the digest of its archive, and the same sources give the same file', async () => {
  const packages = bill.components.filter((one) => one['bom-ref'].startsWith('pkg:npm/'))
  for (const one of packages) expect(one.hashes?.[0]?.content, named(one)).toMatch(/^[0-9a-f]{64,128}$/)
  expect(await written('second.json')).toBe(text)
})
