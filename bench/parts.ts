// The parts of the bench. Each one measures with its own stands and returns lines. A part that fails is reported, and
// its rows say so.
import { measureDocuments } from './parts/documents.ts'
import { measureFreshTenant } from './parts/fresh-tenant.ts'
import { measureGateway } from './parts/gateway.ts'
import { measureIdle } from './parts/idle.ts'
import { measureLargeGroups } from './parts/large-groups.ts'
import { measureLoad } from './parts/load.ts'
import { measureStart } from './parts/start.ts'
import { measureSync } from './parts/sync.ts'
import { measureTwoNodes } from './parts/two-nodes.ts'
import { PARTS, type Part } from './plan.ts'
import { NotRun } from './promise.ts'
import { Results } from './results.ts'
import type { Task } from './task.ts'

export type Evidence = Readonly<Record<Part, Results>>

const MEASURES: Readonly<Record<Part, (task: Task) => Promise<Results>>> = {
  idle: measureIdle,
  start: measureStart,
  documents: measureDocuments,
  nodes: measureTwoNodes,
  gateway: measureGateway,
  load: measureLoad,
  fresh: measureFreshTenant,
  groups: measureLargeGroups,
  sync: measureSync,
}

export async function measure(task: Task): Promise<Evidence> {
  const found = {} as Record<Part, Results>
  for (const part of PARTS) found[part] = await measurePart(part, task)
  return found
}

async function measurePart(part: Part, task: Task): Promise<Results> {
  const { plan, signal, say } = task
  if (!plan.parts.includes(part))
    return Results.none(new NotRun(`the part ${part} was not asked for`, { chosen: true }))
  try {
    signal.throwIfAborted()
    say(`part ${part}`)
    return await MEASURES[part]({ ...task, say: (words) => say(`${part}: ${words}`) })
  } catch (error) {
    say(`${part} failed: ${error instanceof Error ? error.stack : error}`)
    return Results.none(
      new NotRun(`the part ${part} failed: ${error instanceof Error ? error.message : error}`),
    )
  }
}
