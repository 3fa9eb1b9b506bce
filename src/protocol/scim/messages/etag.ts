// Reads and writes entity tags of SCIM resources. Pure. @see RFC 7644 §3.14, RFC 9110 §8.8 and §13.1
import { refuse } from '../refusals/refusals.ts'

/** Returns whether a resource of this version meets the client's condition. */
export type Precondition = (version: string) => boolean

/** Parses `*` or a list of entity tags. They are compared weakly, since this service only creates weak ones. */
function parseEntityTags(header: string): '*' | Set<string> {
  if (header.trim() === '*') return '*'
  const tags = header.split(',').map((part) => opaque(part.trim()))
  return new Set(tags)
}

function opaque(tag: string): string {
  const quoted = tag.startsWith('W/') ? tag.slice(2) : tag
  const inner = quoted.slice(1, -1)
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"') || inner.includes('"')) {
    throw refuse('entity-tag-malformed')
  }
  return inner
}

const BESIDE = '.'

/**
 * Returns the entity tag of a version.
 * @param mark stands for data in the response that isn't part of the version (a user's `groups`), so that a client
 *   that has cached the response notices changes to that data too
 */
export function entityTag(version: string, mark?: string): string {
  return `W/"${version}${mark === undefined ? '' : BESIDE + mark}"`
}

/**
 * Returns the condition of an If-Match header. It ignores the mark, since a change to data outside the version is no
 * reason to refuse.
 * @returns undefined if there is no header: the request is unconditional
 * @throws {ScimError} 400 for a malformed header
 */
export function ifMatch(header: string | undefined): Precondition | undefined {
  if (header === undefined) return undefined
  const tags = parseEntityTags(header)
  if (tags === '*') return () => true
  const versions = new Set([...tags].map((tag) => tag.split(BESIDE, 1)[0]))
  return (version) => versions.has(opaque(version))
}

/** Returns whether the client already has this version (304). @throws {ScimError} 400 for a malformed header */
export function noneMatch(header: string | undefined, version: string): boolean {
  if (header === undefined) return false
  const tags = parseEntityTags(header)
  return tags === '*' || tags.has(opaque(version))
}
