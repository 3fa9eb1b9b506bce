// Classifies requests by the operation that administrators filter the log by.
import { isObject, type Json, type JsonObject } from '#protocol/scim/messages/json.ts'
import { memberOf } from '#protocol/scim/messages/messages.ts'

export const OPERATIONS = [
  'look-up',
  'read',
  'create',
  'replace',
  'change',
  'activate',
  'deactivate',
  'delete',
  'add-members',
  'remove-members',
  'change-members',
  'bulk',
  'discover',
  'other',
] as const
export type Operation = (typeof OPERATIONS)[number]

export interface Meaning {
  readonly operation: Operation
  readonly objectType: 'User' | 'Group' | undefined
}

/**
 * Returns the operation of a request and the kind of object.
 * @param route pattern as registered, such as `/scim/v2/:idpId/Users/:id`; undefined for an unknown path
 * @param body the parsed body, read only as deep as needed
 */
export function meaningOf(method: string, route: string | undefined, body: unknown): Meaning {
  const [, type, rest] = /\/:idpId\/(\w+|\.search)(\/.+)?$/.exec(route ?? '') ?? []
  const objectType = type === 'Users' ? 'User' : type === 'Groups' ? 'Group' : undefined
  if (type === 'Bulk') return { operation: method === 'POST' ? 'bulk' : 'other', objectType }
  if (type === '.search' || rest === '/.search')
    return { operation: method === 'POST' ? 'look-up' : 'other', objectType }
  if (objectType)
    return { operation: resourceOperation(method, objectType, rest !== undefined, body), objectType }
  return { operation: method === 'GET' && type ? 'discover' : 'other', objectType }
}

function resourceOperation(
  method: string,
  objectType: 'User' | 'Group',
  isOne: boolean,
  body: unknown,
): Operation {
  if (method === 'GET') return isOne ? 'read' : 'look-up'
  if (method === 'POST' && !isOne) return 'create'
  if (method === 'DELETE' && isOne) return 'delete'
  if (method === 'PUT' && isOne)
    return objectType === 'User' && isOff(member(body, 'active')) ? 'deactivate' : 'replace'
  if (method === 'PATCH' && isOne) return objectType === 'User' ? userPatch(body) : groupPatch(body)
  return 'other'
}

function operationsOf(body: unknown): JsonObject[] {
  const operations = member(body, 'operations')
  return Array.isArray(operations) ? operations.filter(isObject) : []
}

function userPatch(body: unknown): Operation {
  let operation: Operation = 'change'
  for (const each of operationsOf(body)) {
    const path = member(each, 'path')
    const value = member(each, 'value')
    const active = typeof path !== 'string' ? member(value, 'active') : isActive(path) ? value : undefined
    if (isOff(active)) operation = 'deactivate'
    else if (isOn(active)) operation = 'activate'
  }
  return operation
}

function isActive(path: string): boolean {
  return /(?:^|:)active$/i.test(path)
}

function groupPatch(body: unknown): Operation {
  const all = operationsOf(body)
  const ops = new Set(all.map((each) => String(member(each, 'op')).toLowerCase()))
  const isOfMembers = all.map((each) => isOfMembersAlone(each))
  if (all.length === 0 || isOfMembers.includes(false)) return 'change'
  if (ops.size > 1 || ops.has('replace')) return 'change-members'
  return ops.has('add') ? 'add-members' : 'remove-members'
}

function isOfMembersAlone(operation: JsonObject): boolean {
  const path = member(operation, 'path')
  if (typeof path === 'string') return /(?:^|:)members\b/i.test(path)
  const value = member(operation, 'value')
  return isObject(value) && Object.keys(value).every((name) => name.toLowerCase() === 'members')
}

/** Returns whether `active` is false. Microsoft sends the string "False". */
function isOff(value: Json | undefined): boolean {
  return value === false || (typeof value === 'string' && value.toLowerCase() === 'false')
}

function isOn(value: Json | undefined): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

function member(body: unknown, name: string): Json | undefined {
  return isObject(body as Json) ? memberOf(body as JsonObject, name) : undefined
}

/** The effect of a request on the directory, as counted in the daily totals. */
export type Effect = 'look_ups' | 'created' | 'changed' | 'deactivated' | 'deleted'

const EFFECTS: Record<Operation, Effect | undefined> = {
  'look-up': 'look_ups',
  read: 'look_ups',
  discover: 'look_ups',
  create: 'created',
  replace: 'changed',
  change: 'changed',
  activate: 'changed',
  'add-members': 'changed',
  'remove-members': 'changed',
  'change-members': 'changed',
  deactivate: 'deactivated',
  delete: 'deleted',
  bulk: undefined,
  other: undefined,
}

/** Returns the effects of a request. A bulk request has those of each successful operation. */
export function effectsOf({ operation }: Meaning, failed: boolean, parts: readonly Part[] = []): Effect[] {
  if (operation === 'bulk')
    return parts.flatMap(({ method, route, body, status }) => {
      const effect = status < 400 ? EFFECTS[meaningOf(method, route, body).operation] : undefined
      return effect ?? []
    })
  const effect = EFFECTS[operation]
  return failed || !effect ? [] : [effect]
}

interface Part {
  readonly method: string
  readonly route: string | undefined
  readonly body: unknown
  readonly status: number
}

/**
 * Returns whether a request failed. A 404 on a read isn't a failure, because many connectors look up a user before
 * creating it.
 */
export function isFailure(operation: Operation, status: number): boolean {
  return status >= 400 && !(status === 404 && operation === 'read')
}
