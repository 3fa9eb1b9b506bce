// `/Bulk`: many changes in one request. It isn't one transaction: each operation is authorized, carried out and recorded on
// its own. Start with `bulkRoute` below; run.ts carries out the operations. @see RFC 7644 §3.7
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

/** @param refresh authenticates the sender of a request anew @throws {Unauthenticated} {Refused} */
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
    // Where nothing was done, the request can be answered as a whole, and sent again as it is.
    if (caller.gone() !== undefined && ended.every(({ outcome }) => outcome instanceof ScimError)) {
      throw caller.gone()
    }
    const responses = ended.map(({ parsed, outcome }) =>
      operationResponse(parsed.sent, locationOf(at.base, ids, parsed, outcome), outcome),
    )
    return sendText(reply, 200, JSON.stringify(bulkResponse(responses)))
  }
}

/** Each operation has its own time to wait for the database, not what the ones before it left over. */
function patient(at: Provisioner): Provisioner {
  const { giveUpAt: _, ...scope } = at.scope
  return { ...at, scope }
}

interface Ended {
  readonly parsed: ParsedOperation
  readonly outcome: Outcome
}

/** For the log of requests. */
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

/** When the log cannot be written, the refusals stand. */
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
