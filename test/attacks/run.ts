// Carries out one attack case against a furnished scene: its request (repeated, in parallel, tried again as it says), then
// its follow-ups, each judged by its own rules.
import { setTimeout as pause } from 'node:timers/promises'
import { type RawRequest, type RawResponse, raw } from '../raw-http.ts'
import type { AttackCase, AttackRequest, FollowUp } from './case.ts'
import { complaints } from './checks.ts'
import { type Expansion, expand, expandAll, expandBody } from './macros.ts'
import type { Scene } from './scene.ts'

const KNOWN = new Set([
  ...['id', 'area', 'title', 'request', 'must', 'mustNot', 'then', 'repeat', 'parallelWith', 'ref', 'note'],
  ...['count', 'concurrency', 'retryOn'],
])
const MOST_TRIES = 50
const RETRY_MILLISECONDS = 20

/** @throws {Error} with every rule that was broken, and what was answered */
export async function attack(attackCase: AttackCase, scene: Scene): Promise<void> {
  const keys = [...Object.keys(attackCase), ...Object.keys(attackCase.repeat ?? {})]
  const unknown = keys.filter((key) => !KNOWN.has(key))
  if (unknown.length > 0) throw new Error(`the runner does not know ${unknown.join(', ')}`)
  const responses = await allAnswers(attackCase, scene)
  await judge(attackCase, responses, scene)
  for (const followUp of attackCase.then ?? []) {
    await pause(followUp.afterMs)
    await judge(followUp, [await send(followUp.request, scene, 0)], scene)
  }
}

async function judge(rules: AttackCase | FollowUp, responses: readonly RawResponse[], scene: Scene) {
  const wrong = await complaints(rules.must, rules.mustNot, { scene, responses })
  if (wrong.length === 0) return
  const { method, path } = rules.request
  const answers = responses.slice(0, 3).map(({ status, text }) => `  got ${status} ${text.slice(0, 500)}`)
  throw new Error(
    [`${method} ${path.slice(0, 200)}`, ...wrong.map((line) => `  ${line}`), ...answers].join('\n'),
  )
}

async function allAnswers(
  { request, repeat, parallelWith }: AttackCase,
  scene: Scene,
): Promise<RawResponse[]> {
  const count = repeat?.count ?? 1
  const beside = parallelWith
    ? Array.from({ length: parallelWith.count ?? 1 }, (_, index) => send(parallelWith, scene, index))
    : []
  const main = inParallel(count, repeat?.concurrency ?? 1, (repetition) =>
    persist(() => send(request, scene, repetition), repeat?.retryOn ?? []),
  )
  return (await Promise.all([main, Promise.all(beside)])).flat()
}

/** Runs `count` tasks, at most `width` at a time; results in the order of the tasks. */
async function inParallel<T>(
  count: number,
  width: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results = new Map<number, T>()
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) results.set(index, await task(index))
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker))
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result)
}

async function persist(task: () => Promise<RawResponse>, retryOn: readonly number[]): Promise<RawResponse> {
  let response = await task()
  for (let tries = 1; tries < MOST_TRIES && retryOn.includes(response.status); tries++) {
    await pause(RETRY_MILLISECONDS)
    response = await task()
  }
  return response
}

function send(request: AttackRequest, scene: Scene, repetition: number): Promise<RawResponse> {
  return raw(scene.origin, written(request, { variables: scene.variables, repetition }))
}

/** The request as it goes over the wire. */
export function written({ method, path, headers, body }: AttackRequest, expansion: Expansion): RawRequest {
  return {
    method,
    path: expand(path, expansion),
    headers: expandAll(headers, expansion) as Record<string, string>,
    body: bodyOf(body, expansion),
  }
}

function bodyOf(body: unknown, expansion: Expansion): string | Buffer | undefined {
  if (body === null || body === undefined) return undefined
  return typeof body === 'string' ? expandBody(body, expansion) : JSON.stringify(expandAll(body, expansion))
}
