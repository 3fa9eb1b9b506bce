import type { Json, JsonObject } from '../messages/json.ts'

/** Returns whether two JSON values are equal. The order of members doesn't matter, the order of elements does. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false
  if (Array.isArray(left) || Array.isArray(right))
    return Array.isArray(left) && Array.isArray(right) && sameList(left, right)
  return sameObject(left, right)
}

function sameList(left: Json[], right: Json[]): boolean {
  return left.length === right.length && left.every((each, index) => sameJson(each, right[index]))
}

function sameObject(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
}
