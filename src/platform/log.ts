// The service's own log: one JSON object per line on stdout. Fields whose name says that they hold a credential are
// masked at any depth, and requests are logged by their route: a path or a query may hold tokens and personal data.
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { describeError } from './describe-error.ts'

export type Log = Logger

/** In names such as `access_token`, `clientSecret`, `set-cookie`, `passwordHash`. */
const CREDENTIAL = /authorization|cookie|secret|token|password|passwd|api-?_?key|private_?key|credential/i
const MASKED = '[masked]'
const DEEPEST = 8

/** @param destination where lines go instead of stdout */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => mask(fields, 0) as Record<string, unknown>,
    },
    serializers: { err: describe, error: describe, req: describeRequest },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Plain objects and arrays only: a serializer sees to errors and requests. */
function mask(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) return '[too deep]'
  if (Array.isArray(value)) return value.map((element) => mask(element, depth + 1))
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isCredential(name, inner) ? MASKED : mask(inner, depth + 1),
    ]),
  )
}

/** A number or a flag gives nothing away: `tokens: 3`, `secretShown: true`. */
function isCredential(name: string, value: unknown): boolean {
  return CREDENTIAL.test(name) && value != null && typeof value !== 'number' && typeof value !== 'boolean'
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function describe(error: unknown): unknown {
  return error instanceof Error ? describeError(error) : mask(error, 0)
}

interface LoggedRequest {
  readonly id?: unknown
  readonly method?: string
  readonly ip?: string
  readonly routeOptions?: { readonly url?: string | undefined }
}

function describeRequest({ id, method, ip, routeOptions }: LoggedRequest): Record<string, unknown> {
  return { id, method, route: routeOptions?.url, ip }
}
