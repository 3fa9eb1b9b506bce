import { type Answer, type Client, NoAnswer, type Request } from './client.ts'
import type { Dialect } from './dialect.ts'
import { isObject, type JsonObject } from './messages.ts'
import type { Person, Team } from './people.ts'
import type { Random } from './random.ts'
import { countError, type Tally } from './tally.ts'

/** A user who has an id at the service; `person` is what was sent last. */
export interface Account {
  id: string
  person: Person
}

export interface GroupAccount {
  id: string
  team: Team
}

/** One running simulation: what the identity provider remembers of the service. Keys of the maps are externalIds. */
export interface Session {
  dialect: Dialect
  random: Random
  accounts: Map<string, Account>
  groups: Map<string, GroupAccount>
  ask: Ask
}

/** Returns what is wrong with an answer, as text; undefined if it is as expected. */
export type Check = (answer: Answer) => string | undefined

/** Sends one request and judges the answer: a wrong one is counted, and undefined is returned. @throws {Stopped} */
export type Ask = (operation: string, request: Request, check: Check) => Promise<Answer | undefined>

/** The identity provider gave up for now: the connection test failed, or the service no longer answers. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

const UNANSWERED_BEFORE_STOP = 5

/** @param accepted is called for every correct answer */
export function openAsk(
  client: Client,
  tally: Tally,
  accepted: (request: Request, answer: Answer) => void = () => {},
): Ask {
  let unanswered = 0

  return async (operation, request, check) => {
    const answer = await client.send(operation, request).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error
      return error
    })
    const missing = answer instanceof NoAnswer || answer.status === 429 || answer.status === 503
    unanswered = missing ? unanswered + 1 : 0
    const complaint = answer instanceof NoAnswer ? answer.message : check(answer)
    if (complaint !== undefined)
      countError(tally, operation, `${request.method} ${request.path} → ${complaint}`)
    if (unanswered >= UNANSWERED_BEFORE_STOP) throw new Stopped(`the service does not answer: ${complaint}`)
    if (answer instanceof NoAnswer || complaint !== undefined) return undefined
    accepted(request, answer)
    return answer
  }
}

/** Expects one of these statuses, and then checks `more`. */
export function expects(statuses: readonly number[], more: Check = () => undefined): Check {
  return (answer) => (statuses.includes(answer.status) ? more(answer) : refusal(answer))
}

/** Expects the resource with this id, if the answer has a body. */
export function isAbout(id: string): Check {
  return ({ body }) => {
    if (body === undefined || (isObject(body) && body.id === id)) return undefined
    return `an answer about ${isObject(body) ? JSON.stringify(body.id) : 'no resource'} instead of "${id}"`
  }
}

/** Expects a resource with an id. */
export function hasId({ body }: Answer): string | undefined {
  return isObject(body) && typeof body.id === 'string' && body.id !== ''
    ? undefined
    : 'a resource without an id'
}

/** The one resource of a ListResponse; undefined when nothing was found. */
export function onlyResource({ body }: Answer): (JsonObject & { id: string }) | undefined {
  const resource = isObject(body) && Array.isArray(body.Resources) ? body.Resources[0] : undefined
  return isObject(resource) && typeof resource.id === 'string' ? { ...resource, id: resource.id } : undefined
}

/** A ListResponse with nothing in it, or with one resource for which `matches` holds. @see RFC 7644 §3.4.2 */
export function atMostOne(matches: (resource: JsonObject) => boolean): Check {
  return (answer) => {
    const { body } = answer
    if (!isObject(body) || typeof body.totalResults !== 'number') return 'not a ListResponse'
    if (body.totalResults === 0) return undefined
    if (body.totalResults > 1) return `${body.totalResults} resources instead of one`
    const found = onlyResource(answer)
    return found && matches(found) ? undefined : 'a resource that does not match the filter'
  }
}

/** A retried DELETE may find that its first attempt succeeded. */
export function isGone(answer: Answer): string | undefined {
  const ok = answer.status === 204 || (answer.status === 404 && answer.attempts > 1)
  return ok ? undefined : refusal(answer)
}

function refusal({ status, body }: Answer): string {
  if (!isObject(body)) return `status ${status}`
  return [`status ${status}`, body.scimType, body.detail].filter((part) => typeof part === 'string').join(' ')
}
