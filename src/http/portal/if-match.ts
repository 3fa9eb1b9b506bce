import type { FastifyRequest } from 'fastify'
import { Invalid } from '#errors.ts'

/**
 * Returns the version in If-Match, which a change expects; undefined accepts any version.
 * @throws {Invalid} @see RFC 9110 §13.1.1
 */
export function ifMatch(request: FastifyRequest): string | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const [, version] = /^(?:W\/)?"([^"]*)"$/.exec(header) ?? []
  if (version === undefined) throw new Invalid('If-Match', 'must be one version in quotes, such as "7"')
  return version
}

export function etagOf({ version }: { readonly version: string }): string {
  return `"${version}"`
}
