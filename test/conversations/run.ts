// Plays one recorded conversation of an identity provider through the front door, step by step. The JSON files beside
// this one hold the traffic; nothing here knows any of it.
import { jsonOf, type RawResponse, raw } from '../raw-http.ts'
import { type Assertion, violation } from './assertions.ts'
import { nodesAt } from './json-path.ts'
import { type Captures, substitute } from './substitute.ts'

interface Outcome {
  readonly status: number
  readonly assert?: readonly Assertion[]
}

interface Expectation {
  readonly status: number | readonly number[]
  readonly headers?: Readonly<Record<string, string>>
  readonly assert?: readonly Assertion[]
  /** One of these must hold as a whole, when given. */
  readonly oneOf?: readonly Outcome[]
  readonly note?: string
}

export interface Step {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly auth?: 'none' | 'invalid'
  readonly role?: 'setup' | 'check'
  readonly capture?: Readonly<Record<string, string>>
  readonly expect: Expectation
  /** Written beside `expect` in some sequences. */
  readonly oneOf?: readonly Outcome[]
}

export interface Sequence {
  readonly id: string
  readonly idp: string
  readonly name: string
  readonly source: string
  readonly evidence: string
  readonly steps: readonly Step[]
}

interface ScimBase {
  /** `http://127.0.0.1:8080/scim/v2/{idpId}` */
  readonly endpoint: string
  readonly token: string
}

/** @throws {Error} naming the step, what was expected, and what came */
export async function play(sequence: Sequence, base: ScimBase): Promise<void> {
  const captures: Captures = new Map()
  for (const [index, written] of sequence.steps.entries()) {
    const step = substitute(written, captures)
    const response = await send(step, base)
    const wrong = complaints(step, response)
    if (wrong.length > 0) throw new Error(report(index, step, response, wrong))
    for (const [name, path] of Object.entries(step.capture ?? {})) {
      const [node] = nodesAt(path, jsonOf(response))
      if (typeof node !== 'string')
        throw new Error(report(index, step, response, [`nothing to capture at ${path}`]))
      captures.set(name, node)
    }
  }
}

function send(step: Step, { endpoint, token }: ScimBase): Promise<RawResponse> {
  const { origin, pathname } = new URL(endpoint)
  const authorization =
    step.auth === 'none' ? {} : { Authorization: `Bearer ${step.auth === 'invalid' ? 'not-a-token' : token}` }
  const contentType = step.body === undefined ? {} : { 'Content-Type': 'application/scim+json' }
  return raw(origin, {
    method: step.method,
    path: `${pathname}${step.path}`,
    headers: { ...contentType, ...authorization, ...step.headers },
    body: step.body === undefined ? undefined : JSON.stringify(step.body),
  })
}

/** Everything in which the answer differs from what the step expects. */
export function complaints(step: Step, response: RawResponse): string[] {
  const { expect } = step
  const document = response.status === 204 ? undefined : jsonOf(response)
  const statuses = [expect.status].flat()
  const wrong = statuses.includes(response.status) ? [] : [`status must be ${statuses.join(' or ')}`]
  wrong.push(...headerComplaints(expect.headers ?? {}, response.headers))
  if (response.status !== 204) wrong.push(...violations(expect.assert, document))
  const oneOf = step.oneOf ?? expect.oneOf
  if (
    oneOf &&
    !oneOf.some(
      ({ status, assert }) => status === response.status && violations(assert, document).length === 0,
    )
  ) {
    wrong.push(`none of the accepted outcomes: ${JSON.stringify(oneOf)}`)
  }
  return wrong
}

function violations(assertions: readonly Assertion[] = [], document: unknown): string[] {
  return assertions.map((assertion) => violation(assertion, document)).filter((wrong) => wrong !== undefined)
}

const MATCHES = 'matches:'

function headerComplaints(
  expected: Readonly<Record<string, string>>,
  headers: RawResponse['headers'],
): string[] {
  return Object.entries(expected).flatMap(([name, rule]) => {
    if (rule !== 'exists' && !rule.startsWith(MATCHES)) throw new Error(`header rule not known: ${rule}`)
    const value = headers[name.toLowerCase()]
    const pattern = rule === 'exists' ? /./ : new RegExp(rule.slice(MATCHES.length), 'i')
    return value !== undefined && pattern.test(value) ? [] : [`header ${name} ${rule}: found ${value}`]
  })
}

function report(index: number, step: Step, response: RawResponse, wrong: readonly string[]): string {
  return [
    `step ${index + 1}, ${step.role ?? 'traffic'}: ${step.method} ${step.path}`,
    ...wrong.map((line) => `  ${line}`),
    ...(step.body === undefined ? [] : [`  sent ${JSON.stringify(step.body)}`]),
    `  got ${response.status} ${response.text.slice(0, 2_000)}`,
  ].join('\n')
}
