// `POST /Bulk`: many changes in one request (RFC 7644 §3.7). It isn't one transaction: each operation is authorized,
// carried out and recorded on its own. `#protocol/scim/bulk` parses the request and orders the operations;
// ../users.ts and ../groups.ts carry out a single one. ../door.ts registers the route. Start with `bulkRoute` below,
// then run.ts.
import { recordEach } from '#audit/record.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import {
  BULK_REQUEST,
  type BulkOperation,
  bulkResponse,
  operationResponse,
  type ParsedOperation,
  parseBulkRequest,
} from '#protocol/scim/bulk/bulk.ts'
import { resolveId } from '#protocol/scim/bulk/references.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { maskCondition } from '#protocol/scim/messages/secrets.ts'
import type { Part } from '#request-log/capture/exchange.ts'
import { sendText } from '../answer.ts'
import { requireBody } from '../body.ts'
import type { Dialect } from '../dialect.ts'
import { requireFresh } from '../fresh.ts'
import { refusalFact } from '../refusal.ts'
import type { ScimHandler, ScimRequest } from '../request.ts'
import { type BulkCaller, bulkCaller, type Outcome } from './caller.ts'
import { runBulk } from './run.ts'

/**
 * Returns the handler of `POST /Bulk`.
 * @param refresh authenticates the request again
 * @throws {Unauthenticated} {Refused}
 */
export function bulkRoute(
  dialectOf: (request: ScimRequest) => Dialect,
  refresh: (request: ScimRequest) => Promise<Provisioner>,
): ScimHandler {
  return async (asked, request, reply) => {
    await requireFresh(asked)
    const at = patient(asked)
    const bulk = parseBulkRequest(dialectOf(request).rewriteMessage(requireBody(request.body), BULK_REQUEST))
    const caller = bulkCaller(at, request, dialectOf, async (again) => patient(await refresh(again)))
    const { outcomes, ids } = await runBulk(caller, bulk)
    const ended = bulk.operations.flatMap((parsed, place) => {
      const outcome = outcomes.get(place)
      return outcome ? [{ parsed, outcome }] : []
    })
    request.bulkParts = ended.map(partOf)
    await recordRefusals(caller, ended)
    // If no operation was carried out, the whole request can be refused, and the client can repeat it unchanged.
    if (caller.gone() !== undefined && ended.every(({ outcome }) => outcome instanceof ScimError)) {
      throw caller.gone()
    }
    const responses = ended.map(({ parsed, outcome }) =>
      operationResponse(parsed.sent, locationOf(at.base, ids, parsed, outcome), outcome),
    )
    return sendText(reply, 200, JSON.stringify(bulkResponse(responses)))
  }
}

/** Gives each operation its own database timeout, instead of what earlier operations left over. */
function patient(at: Provisioner): Provisioner {
  const { giveUpAt: _, ...scope } = at.scope
  return { ...at, scope }
}

interface Ended {
  readonly parsed: ParsedOperation
  readonly outcome: Outcome
}

/** Describes an operation for the request log. */
function partOf({ parsed, outcome }: Ended): Part {
  const { operation } = 'operation' in parsed ? parsed : {}
  const path = operation && operation.endpoint + ('id' in operation ? '/:id' : '')
  return {
    method: operation?.method ?? '',
    route: path && `/:idpId${path}`,
    body: operation && 'data' in operation ? operation.data : undefined,
    ...(outcome instanceof ScimError
      ? {
          status: outcome.status,
          detail: outcome.message,
          refusal: { code: outcome.code, params: outcome.params },
        }
      : { status: 200, detail: undefined }),
  }
}

function locationOf(
  base: string,
  ids: ReadonlyMap<string, string>,
  parsed: ParsedOperation,
  outcome: Outcome,
): string | undefined {
  if (!('operation' in parsed)) return undefined
  const { endpoint } = parsed.operation
  const id = outcome instanceof ScimError ? resolveId(idOf(parsed.operation), ids) : outcome.id
  return id === undefined ? undefined : `${base}${endpoint}/${encodeURIComponent(maskCondition(id))}`
}

function idOf(operation: BulkOperation): string | undefined {
  return 'id' in operation ? operation.id : undefined
}

/** Records refusals in the audit log. If that fails, the refusals are still returned. */
async function recordRefusals(caller: BulkCaller, ended: readonly Ended[]): Promise<void> {
  const facts = ended.flatMap(({ parsed, outcome }) => {
    if (!(outcome instanceof ScimError) || !('operation' in parsed)) return []
    const { operation } = parsed
    const body = 'data' in operation ? operation.data : undefined
    const asked = { method: operation.method, endpoint: operation.endpoint, id: idOf(operation), body }
    return refusalFact(asked, outcome) ?? []
  })
  const { db, scope, auditContext } = caller.at()
  await recordEach({ query: (statement) => db.run(scope, statement) }, auditContext, facts).catch((error) =>
    caller.warn(error, 'refused changes could not be recorded'),
  )
}
