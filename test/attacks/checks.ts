// What an attack case may demand (`must`) or forbid (`mustNot`) of the answers to its request. A rule that is not
// here makes the case fail: a check that is silently left out would be worse than none.
import { isDeepStrictEqual } from 'node:util'
import { jsonOf, type RawResponse, raw } from '../raw-http.ts'
import type { Rules } from './case.ts'
import type { Evidence } from './evidence.ts'
import { expand, expandAll } from './macros.ts'
import { ORACLES } from './oracles.ts'

/** @returns what is wrong, one line each */
type Check = (rule: never, evidence: Evidence) => string[] | Promise<string[]>

const ERROR_URI = 'urn:ietf:params:scim:api:messages:2.0:Error'
const ALIVE_MILLISECONDS = 1_000

const MUST: Readonly<Record<string, Check>> = {
  status: (wanted: (number | string)[], evidence) =>
    each(
      evidence,
      ({ status }) => !isOneOf(wanted, status) && `status ${status} is not ${wanted.join(' or ')}`,
    ),
  statusCounts: (wanted: Record<string, number>, { responses }) => {
    const found = Object.fromEntries(
      Object.entries(Object.groupBy(responses, ({ status }) => status)).map(([status, list]) => [
        status,
        list?.length,
      ]),
    )
    return isDeepStrictEqual(found, wanted) ? [] : [`status counts are ${JSON.stringify(found)}`]
  },
  alive: async (_rule, { scene }) => {
    const health = await raw(scene.origin, { method: 'GET', path: '/healthz' })
    const well = health.status === 200 && health.milliseconds <= ALIVE_MILLISECONDS
    return well ? [] : [`health answers ${health.status} in ${Math.round(health.milliseconds)} ms`]
  },
  scimError: (_rule, evidence) => each(evidence, noScimError),
  scimErrorIf4xx: (_rule, evidence) =>
    each(evidence, (response) => isOneOf(['4xx'], response.status) && noScimError(response)),
  scimType: (wanted: string[], evidence) =>
    each(evidence, (response) => {
      const found = pointed(response, '/scimType')
      return !wanted.includes(String(found)) && `scimType is ${found}, not ${wanted.join(' or ')}`
    }),
  headers: (wanted: Record<string, string>, evidence) =>
    eachEntry(evidence, wanted, ({ headers }, [name, pattern]) => {
      const value = headers[name.toLowerCase()]
      return (value === undefined || !regex(pattern, evidence).test(value)) && `header ${name} is ${value}`
    }),
  bodyRegex: (wanted: string[], evidence) =>
    eachEntry(
      evidence,
      wanted,
      ({ text }, [, pattern]) => !regex(pattern, evidence).test(text) && `no ${pattern} in the body`,
    ),
  json: (wanted: Record<string, unknown>, evidence) =>
    eachEntry(evidence, wanted, (response, [pointer, rule]) => {
      const found = pointed(response, pointer)
      return (
        !agrees(found, filled(rule, evidence)) &&
        `${pointer} is ${JSON.stringify(found)}, not ${JSON.stringify(rule)}`
      )
    }),
  containsAll: (list: string, evidence) => {
    const wanted = listNamed(list, evidence)
    return eachEntry(
      evidence,
      wanted,
      ({ text }, [, part]) => !text.includes(part) && `${part} is missing in the body`,
    )
  },
  maxMs: (limit: number, evidence) =>
    each(evidence, ({ milliseconds }) => milliseconds > limit && `took ${Math.round(milliseconds)} ms`),
  oobHits: (wanted: number, { scene }) =>
    scene.outOfBandHits() === wanted
      ? []
      : [`${scene.outOfBandHits()} requests reached the outside listener`],
  mailTo: (wanted: Record<string, number>, { scene }) =>
    Object.entries(wanted).flatMap(([address, count]) =>
      scene.mailsTo(address) === count ? [] : [`${scene.mailsTo(address)} mails to ${address}`],
    ),
}

const MUST_NOT: Readonly<Record<string, Check>> = {
  status: (banned: (number | string)[], evidence) =>
    each(evidence, ({ status }) => isOneOf(banned, status) && `status ${status}`),
  bodyRegex: (banned: string[], evidence) =>
    eachEntry(
      evidence,
      banned,
      ({ text }, [, pattern]) => regex(pattern, evidence).test(text) && `${pattern} in the body`,
    ),
  json: (banned: Record<string, unknown>, evidence) =>
    eachEntry(evidence, banned, (response, [pointer, rule]) => {
      const found = pointed(response, pointer)
      return (
        found !== undefined &&
        agrees(found, filled(rule, evidence)) &&
        `${pointer} is ${JSON.stringify(found)}`
      )
    }),
  text: async (banned: string[], evidence) => {
    const lines = await Promise.all(banned.map((words) => oracle(words)(evidence)))
    return lines.filter((line) => line !== undefined)
  },
}

/** Everything in which the answers break the rules. @throws for a rule that no check exists for */
export async function complaints(
  must: Rules = {},
  mustNot: Rules = {},
  evidence: Evidence,
): Promise<string[]> {
  const lines: string[] = []
  for (const [rules, checks, word] of [
    [must, MUST, 'must'],
    [mustNot, MUST_NOT, 'must not'],
  ] as const) {
    for (const [name, rule] of Object.entries(rules)) {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined
      if (!check) throw new Error(`no check for the rule "${word} ${name}"`)
      lines.push(...(await check(rule as never, evidence)).map((line) => `${word} ${name}: ${line}`))
    }
  }
  return lines
}

function oracle(words: string) {
  const check = ORACLES.get(words)
  if (!check) throw new Error(`no check for the words "${words}"`)
  return check
}

function each({ responses }: Evidence, check: (response: RawResponse) => string | false): string[] {
  return responses.map(check).filter((line) => line !== false)
}

function eachEntry<T>(
  evidence: Evidence,
  rules: Readonly<Record<string, T>> | readonly T[],
  check: (response: RawResponse, entry: [string, T]) => string | false,
): string[] {
  return Object.entries(rules).flatMap((entry) => each(evidence, (response) => check(response, entry)))
}

function isOneOf(list: readonly (number | string)[], status: number): boolean {
  return list.some((entry) => entry === status || entry === `${Math.floor(status / 100)}xx`)
}

function noScimError(response: RawResponse): string | false {
  const type = response.headers['content-type'] ?? 'no content type'
  if (!/^application\/scim\+json\b/i.test(type)) return `not a SCIM error: ${type}`
  const schemas = pointed(response, '/schemas')
  if (!Array.isArray(schemas) || !schemas.includes(ERROR_URI))
    return `not a SCIM error: schemas ${JSON.stringify(schemas)}`
  const status = pointed(response, '/status')
  return status !== String(response.status) && `status in the body is ${JSON.stringify(status)}`
}

/** The value at a JSON pointer (RFC 6901); undefined when there is none. */
function pointed(response: RawResponse, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce<unknown>(
    (node, step) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, step)
        ? (node as Record<string, unknown>)[step]
        : undefined,
    response.text === '' ? undefined : jsonOf(response),
  )
}

function agrees(found: unknown, rule: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return isDeepStrictEqual(found, rule)
  if ('lte' in rule) return typeof found === 'number' && found <= Number(rule.lte)
  if ('minLength' in rule) return typeof found === 'string' && found.length >= Number(rule.minLength)
  return isDeepStrictEqual(found, rule)
}

function filled(value: unknown, { scene }: Evidence): unknown {
  return expandAll(value, { variables: scene.variables, repetition: 0 })
}

function regex(pattern: string, { scene }: Evidence): RegExp {
  return new RegExp(expand(pattern, { variables: scene.variables, repetition: 0, quote: RegExp.escape }), 'i')
}

function listNamed(text: string, { scene }: Evidence): readonly string[] {
  const list = scene.variables.get(text.replace(/^\{\{|\}\}$/g, ''))
  if (!Array.isArray(list)) throw new Error(`${text} is not a list`)
  return list
}
