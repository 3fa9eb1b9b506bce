// Which inputs a route has: what its valid request holds, and what its schema, or its case, allows beside that.
import type { Case, Valid } from './case.ts'

export type BodyPath = readonly (string | number)[]

export type Input =
  | { readonly place: 'path' | 'query' | 'form' | 'header' | 'cookie'; readonly name: string }
  | { readonly place: 'body'; readonly path: BodyPath }

export function nameOf(input: Input): string {
  return `${input.place} ${input.place === 'body' ? input.path.join('.') || '(whole)' : input.name}`
}

/** Parameters of a path as it was registered. */
function parametersOf(pattern: string): string[] {
  const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  return pattern.endsWith('*') ? [...names, '*'] : names
}

/** @param described parameters of its query that the route has told */
export function inputsOf(pattern: string, one: Case, valid: Valid, described: readonly string[]): Input[] {
  const { optional = {} } = one
  const named = (place: 'query' | 'form' | 'header' | 'cookie', ...lists: (object | undefined)[]): Input[] =>
    [...new Set(lists.flatMap((list) => Object.keys(list ?? {})))].map((name) => ({ place, name }))
  return [
    ...parametersOf(pattern).map((name): Input => ({ place: 'path', name })),
    ...named('query', valid.query, optional.query, Object.fromEntries(described.map((name) => [name, '']))),
    ...named('form', valid.form, optional.form),
    ...named('header', valid.headers, optional.headers),
    ...named('cookie', valid.cookies, optional.cookies),
    ...bodyInputs(one, valid),
  ]
}

function bodyInputs({ schema }: Case, { json }: Valid): Input[] {
  if (json === undefined && schema === undefined) return []
  const paths = [...pathsInSchema(schema, []), ...pathsInValue(json, [])]
  const unique = new Map(paths.map((path) => [JSON.stringify(path), path]))
  return [...unique.values()].map((path) => ({ place: 'body', path }))
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

const DEEPEST = 6

function pathsInSchema(schema: Schema | undefined, path: BodyPath): BodyPath[] {
  if (schema === undefined || path.length > DEEPEST) return []
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = schema
  return [
    path,
    ...Object.entries(properties).flatMap(([name, inner]) => pathsInSchema(inner, [...path, name])),
    ...(items ? pathsInSchema(items, [...path, 0]) : []),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((inner) => pathsInSchema(inner, path)),
  ]
}

/** Of a list, the first element stands for all. */
function pathsInValue(value: unknown, path: BodyPath): BodyPath[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path]
  const inner = Array.isArray(value) ? Object.entries(value).slice(0, 1) : Object.entries(value)
  return [
    path,
    ...inner.flatMap(([name, one]) =>
      pathsInValue(one, [...path, Array.isArray(value) ? Number(name) : name]),
    ),
  ]
}
