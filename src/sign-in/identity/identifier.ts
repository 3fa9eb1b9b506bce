// Reads which identifier an identity provider sent: a stable one, which never changes hands, or a name, which may. Pure.
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { EMAIL, PERSISTENT, TRANSIENT, UNSPECIFIED } from '#protocol/saml/names.ts'
import type { Assertion } from './assertion.ts'

/** `sub`, `declared` (by the administrator) and `persistent` are stable; all others are names. */
export type IdentifierKind =
  | 'sub'
  | 'declared'
  | 'persistent'
  | 'transient'
  | 'email'
  | 'unspecified'
  | 'other'

export interface StableIdentifier {
  readonly issuer: string
  /** `sub`, `NameID`, or the name of the claim or attribute. */
  readonly source: string
  readonly value: string
}

export interface ReceivedIdentifier {
  readonly kind: IdentifierKind
  /** Undefined: only names were sent. */
  readonly identifier?: StableIdentifier
}

/** The most that a database index takes. SAML 2.0 Core §8.3.7 allows 256 characters, OpenID Connect Core §2 allows 255. */
const MOST_BYTES = 1_024

/** @returns undefined when the stable identifier of this provider is missing, empty, repeated or too long */
export function receivedIdentifier(
  { type, stableIdentifier }: Pick<IdentityProvider, 'type' | 'stableIdentifier'>,
  assertion: Assertion,
): ReceivedIdentifier | undefined {
  const { issuer, subject, attributes } = assertion
  if (stableIdentifier !== null) {
    const values = Object.hasOwn(attributes, stableIdentifier) ? attributes[stableIdentifier] : undefined
    return stable('declared', issuer, stableIdentifier, values ?? [])
  }
  if (type === 'oidc') return stable('sub', issuer, 'sub', [subject])
  const kind = nameIdKind(assertion.nameId?.format)
  return kind === 'persistent' ? stable(kind, issuer, 'NameID', [subject]) : { kind }
}

function stable(
  kind: IdentifierKind,
  issuer: string,
  source: string,
  values: readonly string[],
): ReceivedIdentifier | undefined {
  const [value = '', ...more] = values
  const isFit = value !== '' && more.length === 0 && Buffer.byteLength(value) <= MOST_BYTES
  return isFit ? { kind, identifier: { issuer, source, value } } : undefined
}

/** A NameID without a format is unspecified. @see SAML 2.0 Core §2.2.2 */
export function nameIdKind(format: string = UNSPECIFIED): IdentifierKind {
  switch (format) {
    case PERSISTENT:
      return 'persistent'
    case TRANSIENT:
      return 'transient'
    case EMAIL:
      return 'email'
    case UNSPECIFIED:
      return 'unspecified'
    default:
      return 'other'
  }
}
