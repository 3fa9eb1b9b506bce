import { isDeepStrictEqual } from 'node:util'
import type { Json } from '#protocol/scim/messages/json.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'

export interface AttributeDiff {
  readonly before: Record<string, Json>
  readonly after: Record<string, Json>
}

/** Returns the top-level attributes that differ, with the values of both sides, or undefined if nothing differs. */
export function attributeDiff(before: Resource, after: Resource): AttributeDiff | undefined {
  const diff: { before: Record<string, Json>; after: Record<string, Json> } = { before: {}, after: {} }
  let differs = false
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[name]
    const is = after[name]
    if (was === is || isDeepStrictEqual(was, is)) continue
    differs = true
    if (was !== undefined) diff.before[name] = was
    if (is !== undefined) diff.after[name] = is
  }
  return differs ? diff : undefined
}
