// Sends the valid request of a route, then each of its inputs with everything hostile in it, and looks at every answer.
import { type DoorFormat, formatFaults } from '../http/door-format.ts'
import { openWire, type Wire, type WireResponse } from '../wire.ts'
import type { Case, Valid } from './case.ts'
import { type Input, inputsOf, nameOf } from './inputs.ts'
import { type Change, changesOf, messageOf } from './message.ts'
import { nameOfRoute, type Route } from './routes.ts'
import { writtenSecret } from './secrets.ts'
import type { Tally } from './tally.ts'

export interface Sweep {
  /** Of the service, as clients reach it. */
  readonly url: string
  /** The valid request, with what the guard of its door asks for. */
  readonly credentials: (route: Route, valid: Valid) => Valid
  /** Parameters of the query, and the schema of the body, that a route has told. */
  readonly described: (route: Route) => {
    readonly query: readonly string[]
    readonly body: object | undefined
  }
  /** A secret that must come out nowhere. @param where it is planted */
  readonly secret: (where: string) => string
  /** Looks at the answer to a request that had a secret in it. */
  readonly answered: (to: string, answer: WireResponse) => void
  /** What the log says since it was asked last that it should not say. */
  readonly complaints: () => readonly string[]
}

export async function sweepRoute(sweep: Sweep, tally: Tally, route: Route, cases: readonly Case[]) {
  const wire = openWire(sweep.url)
  tally.routes += 1
  try {
    for (const one of cases) await new Visit(sweep, wire, tally, route, one).run()
  } catch (error) {
    tally.faults.push(`${nameOfRoute(route)}: ${error instanceof Error ? error.stack : error}`)
  } finally {
    wire.close()
  }
}

/** One case of one route. */
class Visit {
  readonly #sweep: Sweep
  readonly #wire: Wire
  readonly #tally: Tally
  readonly #route: Route
  readonly #case: Case

  constructor(sweep: Sweep, wire: Wire, tally: Tally, route: Route, one: Case) {
    this.#sweep = sweep
    this.#wire = wire
    this.#tally = tally
    this.#route = route
    this.#case = one
  }

  async run(): Promise<void> {
    const { query, body: schema } = this.#sweep.described(this.#route)
    const inputs = inputsOf(this.#route.pattern, { schema, ...this.#case }, await this.#case.valid(), query)
    this.#tally.note(nameOfRoute(this.#route), inputs.map(nameOf))
    await this.#demandValid('the valid request')
    for (const input of inputs) await this.#tryAll(input)
    await this.#demandValid('the valid request at the end')
  }

  /** It proves that the others get as far as it does. */
  async #demandValid(what: string): Promise<void> {
    const { status, text } = await this.#ask(what)
    if (status !== this.#case.status) this.#complain(what, [`is answered ${status}: ${text.slice(0, 500)}`])
  }

  async #tryAll(input: Input): Promise<void> {
    const place = `${nameOfRoute(this.#route)}: ${nameOf(input)}`
    const secret = writtenSecret(this.#route.pattern, input, this.#sweep.secret(place))
    for (const change of changesOf(input, await this.#valid(), secret)) {
      const answer = await this.#ask(`${nameOf(input)} = ${change.name}`, change)
      if (change.name === 'a secret') this.#sweep.answered(place, answer)
    }
  }

  async #ask(what: string, change?: Change): Promise<WireResponse> {
    const target = { ...this.#route, host: new URL(this.#sweep.url).host }
    const message = messageOf(target, await this.#valid(), change)
    const isGiven = message.headers.some(([name]) => name.toLowerCase() === 'x-forwarded-for')
    const headers = isGiven
      ? message.headers
      : [...message.headers, ['x-forwarded-for', nextAddress()] as const]
    const answer = await this.#wire.send({ ...message, headers })
    this.#tally.answered(answer.status)
    this.#complain(what, [...this.#faultsOf(answer), ...this.#sweep.complaints()])
    return answer
  }

  async #valid(): Promise<Valid> {
    return this.#sweep.credentials(this.#route, await this.#case.valid())
  }

  #faultsOf(answer: WireResponse): string[] {
    const { format = formatOfDoor(this.#route.pattern), status } = this.#case
    return answer.status >= 500 && answer.status === status ? [] : faultsOf(answer, [format])
  }

  #complain(what: string, faults: readonly string[]): void {
    for (const fault of faults) this.#tally.faults.push(`${nameOfRoute(this.#route)}: ${what}: ${fault}`)
  }
}

/** What is wrong with an answer, whatever was asked. @param formats a refusal is in one of them */
export function faultsOf(answer: WireResponse, formats: readonly DoorFormat[]): string[] {
  const { status, text } = answer
  if (status >= 500 && !isNotImplemented(answer)) return [`${status}: ${text.slice(0, 500)}`]
  if (STACK.test(text)) return [`${status} has a stack trace`]
  if (status < 400) return []
  const faults = formats.map((format) => formatFaults(answer, format))
  return faults.find((found) => found.length === 0) ?? faults[0] ?? []
}

/** RFC 7644 §3.11: a service without `/Me` answers 501. */
function isNotImplemented({ status, text }: WireResponse): boolean {
  return status === 501 && text.includes('/Me is not supported')
}

const STACK = /node_modules|\bat (?:async )?[\w.<>]+ \(.{0,200}:\d+:\d+\)/

let addresses = 0

/** Each request comes from another network, so that none is refused because of those before it. */
export function nextAddress(): string {
  addresses += 1
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
}

/** By the standard that each door follows; apart from how the service itself tells its doors apart. */
export function formatOfDoor(pattern: string): DoorFormat {
  if (pattern.startsWith('/scim/')) return 'scim'
  if (pattern.startsWith('/api/')) return 'problem'
  if (pattern.startsWith('/oauth/') || pattern.startsWith('/.well-known/')) return 'oauth'
  return /^\/(?:healthz|readyz|metrics)/.test(pattern) ? 'operator' : 'page'
}
