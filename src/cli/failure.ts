// Why a command failed, in one line for the operator.
import { Invalid } from '#errors.ts'
import { databaseError } from '#platform/database/errors.ts'

/** Returns the line for stderr. */
export function failureLine(error: unknown): string {
  const message = systemFailure(error) ?? invalidOption(error) ?? known(error)
  return `doorlist: ${message.replaceAll(/:\s*\n\s*/g, ': ').replaceAll(/\s*\n\s*/g, '; ')}`
}

function known(error: unknown): string {
  const failure = databaseError(error)
  return failure instanceof Error ? `${failure.message}${reasonOf(failure)}` : String(failure)
}

/** Options by the name of the field that they set in the API. */
const OPTIONS: Readonly<Record<string, string>> = {
  after: '--after',
  attribute: '--attribute',
  autoProvisioning: '--auto-provisioning',
  certificates: '--certificate-file',
  clientId: '--client-id',
  clientSecret: '--client-secret-file',
  email: '--email',
  entityIssuer: '--entity-issuer',
  issuer: '--issuer',
  matching: '--rule',
  mfa: '--mfa',
  name: '--name',
  scopes: '--scope',
  slug: '--slug',
  ssoUrl: '--sso-url',
  stableIdentifier: '--stable-identifier',
}

/** Returns the message with options instead of fields, also in a list of missing fields. */
function invalidOption(error: unknown): string | undefined {
  if (!(error instanceof Invalid)) return undefined
  const optionOf = (field: string) => OPTIONS[field] ?? field
  const rule = error.message.slice(error.field.length)
  const withOptions = rule.replace(/(?<=missing: ).*$/, (list) => list.split(', ').map(optionOf).join(', '))
  return `${optionOf(error.field)}${withOptions}`
}

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string
  readonly port?: number
}

const LISTEN: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: ({ port, address }) =>
    `Port ${port} of ${address} is already in use. Stop the other program, or set DOORLIST_PORT.`,
  EADDRNOTAVAIL: ({ address }) => `${address} isn't an address of this machine. Correct DOORLIST_HOST.`,
  EACCES: ({ port }) => `This account may not listen on port ${port}. Set DOORLIST_PORT to 1024 or more.`,
}

/** Returns a message for files and ports, which fail with the same kind of error as a connection to the database. */
function systemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { syscall, code = '', path } = error as SystemError
  if (syscall === 'listen') return LISTEN[code]?.(error as SystemError)
  if (path !== undefined && syscall === 'open') return `${path} can't be read (${code}).`
  return undefined
}

/** Returns the database's own message. An operator may read it; a caller from outside may not. */
function reasonOf({ cause }: Error): string {
  if (cause instanceof AggregateError) return `: ${cause.errors.map(String).join(', ')}`
  return cause instanceof Error && cause.message ? `: ${cause.message}` : ''
}
