// The service's own log: one JSON object a line on standard output. Fields whose name suggests a credential are masked at any
// depth. Requests are logged by their route, because a path or query may contain tokens and personal data.
//
// This folder has one file for each thing outside of the process: log, clock, environment, metrics; and folders for the database,
// the embedded PostgreSQL, the network, encryption and limits. It knows nothing of tenants or users, and every folder uses it.
// Start with database/database.ts.
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino'
import { describeError } from './describe-error.ts'
import { outageLines } from './outage-lines.ts'

export type Log = Logger

/** Matches names such as `access_token`, `clientSecret`, `set-cookie`, `passwordHash`. */
const CREDENTIAL = /authorization|cookie|secret|token|password|passwd|api-?_?key|private_?key|credential/i
const MASKED = '[masked]'
const DEEPEST = 8

/** @param destination replaces standard output */
export function createLog(level: string, destination?: DestinationStream): Log {
  const countLeftOut = outageLines()
  const options: LoggerOptions = {
    hooks: {
      logMethod(args, write) {
        const [fields, message] = args as unknown as [unknown, unknown]
        const error = isPlain(fields) ? fields.err : undefined
        const leftOut = error === undefined ? 0 : countLeftOut(String(message), error)
        if (leftOut === undefined) return
        if (leftOut > 0) Object.assign(args, [{ ...(fields as object), leftOut }])
        write.apply(this, args)
      },
    },
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

/** Masks plain objects and arrays. Errors and requests have serializers of their own. */
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

/** Numbers and booleans aren't masked, because they reveal nothing: `tokens: 3`, `secretShown: true`. */
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
