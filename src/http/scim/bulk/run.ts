// Carries out the operations of a bulk request, each of which succeeds or fails on its own. Consecutive user
// creations or deletions share one statement. Operations that the statement skips are carried out one by one.
import type { BulkOperation, BulkRequest, Done } from '#protocol/scim/bulk/bulk.ts'
import { type Batch, nextBatch, orderOperations } from '#protocol/scim/bulk/order.ts'
import { resolveReferences } from '#protocol/scim/bulk/references.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'
import type { BulkCaller, Outcome, Work } from './caller.ts'
import { createCircle } from './circle.ts'
import { perform } from './operation.ts'
import { attempt, TOGETHER } from './together.ts'
import { findDone, isUnknown, unknownOutcome } from './unknown.ts'

/** Rows per statement. More rows make it no faster. */
const MOST = 100

interface Run extends BulkRequest {
  readonly caller: BulkCaller
  /** When the request arrived. */
  readonly since: Date
  /** Ids created so far, by bulkId. */
  readonly ids: Map<string, string>
}

interface Ended {
  /** Outcomes of the attempted operations, by position in the request. */
  readonly outcomes: ReadonlyMap<number, Outcome>
  /** Ids of created resources, by bulkId. */
  readonly ids: ReadonlyMap<string, string>
}

export async function runBulk(caller: BulkCaller, request: BulkRequest): Promise<Ended> {
  const { operations, failOnErrors } = request
  const run: Run = { ...request, caller, since: new Date(), ids: new Map() }
  const order = orderOperations(operations)
  const outcomes = new Map<number, Outcome>()
  let errors = 0
  for (let unit = 0; unit < order.units.length && errors < failOnErrors; ) {
    // A batch is no larger than the number of errors still allowed, so that nothing runs after the last one.
    const batch = nextBatch(operations, order, unit, Math.min(MOST, failOnErrors - errors))
    for (const [place, outcome] of await doBatch(run, batch)) {
      outcomes.set(place, outcome)
      if (outcome instanceof ScimError) errors += 1
      else remember(run, place, outcome)
    }
    unit += batch.kind === 'circle' ? 1 : batch.places.length
  }
  return { outcomes, ids: run.ids }
}

function remember(run: Run, place: number, { id }: Done): void {
  const operation = operationAt(run, place)
  if (operation?.method === 'POST') run.ids.set(operation.bulkId, id)
}

async function doBatch(run: Run, { kind, places }: Batch): Promise<(readonly [number, Outcome])[]> {
  if (kind === 'circle') {
    const creations = places.map((place) => operationAt(run, place)).filter((each) => each?.method === 'POST')
    const outcomes = await createCircle(run.caller, creations, run.ids)
    return outcomes.map((outcome, index) => [places[index] ?? 0, outcome])
  }
  const together = kind === 'one' ? undefined : await doTogether(run, kind, places)
  const outcomes: [number, Outcome][] = []
  for (const place of places) outcomes.push([place, together?.get(place) ?? (await doOne(run, place))])
  return outcomes
}

function operationAt({ operations }: Run, place: number): BulkOperation | undefined {
  const parsed = operations[place]
  return parsed && 'operation' in parsed ? parsed.operation : undefined
}

async function doOne(run: Run, place: number): Promise<Outcome> {
  const parsed = run.operations[place]
  if (!parsed || 'error' in parsed) return parsed?.error ?? refuse('internal')
  try {
    const operation = resolveReferences(parsed.operation, run.ids)
    return await run.caller.run((at, dialect) => perform(at, dialect, operation))
  } catch (error) {
    return run.caller.refusal(error)
  }
}

/**
 * Runs a batch in one statement. Returns outcomes by position; operations without one are to be carried out singly.
 */
async function doTogether(
  run: Run,
  kind: keyof typeof TOGETHER,
  places: readonly number[],
): Promise<Map<number, Outcome>> {
  const ready = places.flatMap((place) => {
    const operation = resolved(run, place)
    return operation ? [{ place, operation }] : []
  })
  const operations = ready.map(({ operation }) => operation)
  const work: Work<(Outcome | undefined)[]> = (at, dialect) => TOGETHER[kind](at, dialect, operations)
  const done = await run.caller.run(work).catch((error) => {
    run.caller.warn(error, 'a batch of operations could not be done at once')
    return isUnknown(error) ? knownOrUnknown(run, operations, error) : []
  })
  return new Map(ready.flatMap(({ place }, index) => (done[index] ? [[place, done[index]] as const] : [])))
}

/**
 * Resolves the outcome of a batch whose response was lost. Repeating it could report completed operations as failed.
 */
async function knownOrUnknown(run: Run, operations: readonly BulkOperation[], error: unknown) {
  await run.caller.refusal(error)
  const done = await findDone(run.caller.at(), operations, run.since)
  return operations.map((_, place) => done.get(place) ?? unknownOutcome())
}

function resolved(run: Run, place: number): BulkOperation | undefined {
  const operation = operationAt(run, place)
  return operation && attempt(() => resolveReferences(operation, run.ids))
}
