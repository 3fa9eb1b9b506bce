// Inputs that hold secrets: one is planted in each of them, and must come out nowhere.
import type { Input } from './inputs.ts'

const NAMES: ReadonlySet<string> = new Set([
  'password',
  'current',
  'again',
  'code',
  'recoveryCode',
  'credential',
  'token',
  'ticket',
  'state',
  'key',
  'jwks',
  'clientSecret',
  'client_secret',
  'client_assertion',
  'logout_token',
  'SAMLRequest',
  'SAMLResponse',
  'Signature',
  'authorization',
  'x-csrf-token',
])

/** Expressions of SCIM that name an attribute which is never returned. */
const EXPRESSIONS: Readonly<Record<string, (secret: string) => string>> = {
  filter: (secret) => `password eq "${secret}"`,
  sortBy: (secret) => `password[value eq "${secret}"]`,
  path: (secret) => `password[value eq "${secret}"]`,
  attributes: (secret) => `password[value eq "${secret}"]`,
  excludedAttributes: (secret) => `emails[password eq "${secret}"]`,
}

/** What is written into an input to plant the secret there; undefined where secrets do not belong. */
export function writtenSecret(pattern: string, input: Input, secret: string): string | undefined {
  const name =
    input.place === 'body' ? String(input.path.findLast((part) => typeof part === 'string')) : input.name
  const expression = pattern.startsWith('/scim/') ? EXPRESSIONS[name] : undefined
  if (expression) return expression(secret)
  return input.place === 'cookie' || NAMES.has(name) ? secret : undefined
}
