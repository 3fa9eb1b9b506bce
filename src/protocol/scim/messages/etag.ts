// Entity tags of SCIM resources. Pure. @see RFC 7644 §3.14, RFC 9110 §8.8 and §13.1
import { refuse } from '../refusals/refusals.ts'

/** Whether a resource of this version satisfies what the client demanded. */
export type Precondition = (version: string) => boolean

/** `*`, or a list of entity tags; compared weakly, since all tags of this service are weak. */
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
 * The entity tag of a version.
 * @param mark of what an answer shows beside it that others change (the `groups` of a user), so that a client that holds the
 *   answer hears of that, too
 */
export function entityTag(version: string, mark?: string): string {
  return `W/"${version}${mark === undefined ? '' : BESIDE + mark}"`
}

/**
 * What is only shown beside a version is no reason to refuse a change.
 * @returns undefined when the header is absent: then the request is unconditional
 */
export function ifMatch(header: string | undefined): Precondition | undefined {
  if (header === undefined) return undefined
  const tags = parseEntityTags(header)
  if (tags === '*') return () => true
  const versions = new Set([...tags].map((tag) => tag.split(BESIDE, 1)[0]))
  return (version) => versions.has(opaque(version))
}

/** Whether the client already holds this version (304). */
export function noneMatch(header: string | undefined, version: string): boolean {
  if (header === undefined) return false
  const tags = parseEntityTags(header)
  return tags === '*' || tags.has(opaque(version))
}
