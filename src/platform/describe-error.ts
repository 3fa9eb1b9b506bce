// What the log contains of an error: enough to find its place, and nothing that came from a request or a row.

/** Other fields of an error could contain a message, a row or a parameter. */
const KEPT = [
  ...['code', 'errno', 'syscall', 'address', 'port', 'hostname', 'status', 'statusCode'],
  ...['severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine', 'responseCode'],
] as const

/** Number of causes that are described. */
const MOST_CAUSES = 8

export interface DescribedError {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly cause?: DescribedError
  readonly errors?: readonly DescribedError[]
  readonly [field: string]: unknown
}

/** Returns the fields of an error that are safe to log, with those of its causes. */
export function describeError(error: Error, depth = 0): DescribedError {
  const message = safeMessage(error)
  const { cause } = error
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message,
    ...fieldsOf(error),
    stack: framesOf(error),
    ...(cause instanceof Error && depth < MOST_CAUSES && { cause: describeError(cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      depth < MOST_CAUSES && {
        errors: error.errors
          .slice(0, MOST_CAUSES)
          .filter(isError)
          .map((each) => describeError(each, depth + 1)),
      }),
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error
}

function fieldsOf(error: Error): Record<string, unknown> {
  const fields = error as unknown as Record<string, unknown>
  const kept = KEPT.filter((name) => ['string', 'number'].includes(typeof fields[name]))
  return Object.fromEntries(kept.map((name) => [name, fields[name]]))
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}

/** PostgreSQL's class of data exceptions: their messages quote the value. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/

function safeMessage(error: Error): string {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && DATA_EXCEPTION.test(code)) return 'PostgreSQL refused a value'
  // JSON.parse quotes the beginning of the text.
  if (error instanceof SyntaxError && error.message.includes('JSON')) return 'a text is not JSON'
  return withoutUrlSecrets(error.message)
}

/** Matches a password before a host name, and everything after a question mark. */
function withoutUrlSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1[masked]@')
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?#]*)[?#]\S*/gi, '$1?[masked]')
}
