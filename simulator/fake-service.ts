import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { isObject, type Json, type JsonObject } from './messages.ts'

// A SCIM service for the simulator's own tests: in memory, without validation, and just complete enough to answer as a real one
// would. The tests check what the clients send in `received`.

export interface Received {
  method: string
  /** below the base URL, still percent-encoded */
  path: string
  headers: http.IncomingHttpHeaders
  body: JsonObject
}

interface Reply {
  status: number
  body?: Json
  headers?: Record<string, string>
  /** the request is carried out, but its answer is lost */
  carriedOut?: true
}

/** Returns a reply to be sent instead of the true one. */
type Intercept = (request: Received, at: number) => Reply | undefined

export interface FakeService {
  endpoint: string
  received: Received[]
  /** by id */
  users: Map<string, JsonObject>
  groups: Map<string, JsonObject>
  close: () => Promise<void>
}

export async function openFakeService(intercept: Intercept = () => undefined): Promise<FakeService> {
  const received: Received[] = []
  const users = new Map<string, JsonObject>()
  const groups = new Map<string, JsonObject>()
  const server = http.createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const part of incoming) text += part
    const { method = '', url = '', headers } = incoming
    const body = text === '' ? {} : (JSON.parse(text) as JsonObject)
    const request = { method, path: url.slice('/scim'.length), headers, body }
    received.push(request)
    const store = url.startsWith('/scim/Users') ? users : groups
    const instead = intercept(request, received.length)
    const truth = !instead || instead.carriedOut ? serve(store, request) : undefined
    const reply = instead ?? truth ?? { status: 500 }
    outgoing.writeHead(reply.status, { 'Content-Type': 'application/scim+json', ...reply.headers })
    outgoing.end(reply.body === undefined ? '' : JSON.stringify(reply.body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = async () => {
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim`,
    received,
    users,
    groups,
    close,
  }
}

function serve(store: Map<string, JsonObject>, { method, path, body }: Received): Reply {
  const url = new URL(path, 'http://fake')
  const id = url.pathname.split('/')[2]
  if (id === undefined)
    return method === 'POST' ? create(store, body) : list(store, url.searchParams.get('filter'))
  const known = store.get(id)
  if (!known) return { status: 404, body: { detail: 'not found' } }
  if (method === 'DELETE') return store.delete(id) ? { status: 204 } : { status: 404 }
  if (method === 'PUT') store.set(id, { ...body, active: isTrue(body.active), id })
  if (method === 'PATCH') for (const operation of body.Operations as JsonObject[]) patch(known, operation)
  return { status: 200, body: store.get(id) ?? null }
}

function create(store: Map<string, JsonObject>, body: JsonObject): Reply {
  const taken = [...store.values()].some((other) => nameOf(other) === nameOf(body))
  if (taken) return { status: 409, body: { scimType: 'uniqueness' } }
  const id = `id-${crypto.randomUUID()}`
  store.set(id, { ...body, active: isTrue(body.active), id })
  return { status: 201, body: store.get(id) ?? null }
}

function list(store: Map<string, JsonObject>, filter: string | null): Reply {
  const [, attribute, value = ''] = /^(\w+) eq "(.*)"$/.exec(filter ?? '') ?? []
  const found = [...store.values()].filter((resource) => {
    const held =
      attribute === 'emails' ? (resource.emails as JsonObject[])[0]?.value : resource[attribute ?? '']
    return (
      filter === null || String(held).toLowerCase() === (JSON.parse(`"${value}"`) as string).toLowerCase()
    )
  })
  return { status: 200, body: { totalResults: found.length, Resources: found } }
}

// Handles members in both removal styles, and top-level attributes with or without a path. Everything else is accepted and
// dropped.
function patch(resource: JsonObject, { op, path, value }: JsonObject): void {
  const members = (resource.members ?? []) as JsonObject[]
  const listed = Array.isArray(value)
    ? value.map((member) => (isObject(member) ? member.value : undefined))
    : []
  if (path === 'members' && /add/i.test(String(op)))
    resource.members = [...members, ...(value as JsonObject[])]
  else if (path === 'members')
    resource.members = members.filter((member) => !listed.includes(member.value ?? null))
  else if (/^members\[/.test(String(path))) {
    resource.members = members.filter((member) => path !== `members[value eq "${member.value}"]`)
  } else {
    const flat = path === undefined && isObject(value) ? value : { [String(path)]: value ?? null }
    Object.assign(resource, flat, 'active' in flat && { active: isTrue(flat.active) })
  }
}

function isTrue(value: Json | undefined): boolean {
  return /^true$/i.test(String(value))
}

function nameOf(resource: JsonObject): string {
  return String(resource.userName ?? resource.displayName).toLowerCase()
}
