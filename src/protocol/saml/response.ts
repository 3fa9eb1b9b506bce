// Checks a Response of the Web Browser SSO Profile before its assertion is read: it must be for us, report success, and contain
// exactly one assertion. This folder reads and writes SAML messages and checks what the standards demand; it is pure.
// src/sign-in/saml verifies signatures and calls it. Start here, then read assertion.ts and signature.ts. @see SAML 2.0 Core
// §3.3.3, Profiles §4.1.4
import {
  childrenOf,
  everyElement,
  isNamed,
  onlyChild,
  requireChildrenAmong,
  requireThat,
  SamlError,
  textOf,
} from './elements.ts'
import { ASSERTION, DS, PROTOCOL, SUCCESS } from './names.ts'
import { requireUnambiguous } from './signature.ts'
import { parseInstant, requireNotFuture } from './timestamps.ts'
import type { XmlElement } from './xml-reader.ts'

/** What a Response must name: us, this identity provider, and this browser's request. */
export interface ExpectedResponse {
  /** The identity provider's entityID. */
  readonly issuer: string
  /** Our entityID. */
  readonly entityId: string
  readonly acsUrl: string
  /** The ID of this browser's AuthnRequest; null: the Response is unsolicited. */
  readonly requestId: string | null
  readonly now: Date
}

export type EnclosedAssertion = { readonly assertion: XmlElement } | { readonly encrypted: XmlElement }

/** @throws {SamlError} */
export function readResponse(root: XmlElement, expected: ExpectedResponse): EnclosedAssertion {
  requireThat(isNamed(root, PROTOCOL, 'Response'), 'this is not a Response')
  requireChildrenAmong(root, [
    [ASSERTION, 'Issuer'],
    [DS, 'Signature'],
    [PROTOCOL, 'Status'],
    [ASSERTION, 'Assertion'],
    [ASSERTION, 'EncryptedAssertion'],
  ])
  requireSuccess(onlyChild(root, PROTOCOL, 'Status'))
  const { attributes } = root
  requireThat(attributes.get('Version') === '2.0', 'the Version of the Response is not 2.0')
  requireThat(
    attributes.get('Destination') === expected.acsUrl,
    'the Destination is not our AssertionConsumerService',
  )
  requireNotFuture(
    parseInstant(attributes.get('IssueInstant'), 'IssueInstant of the Response'),
    expected.now,
    'IssueInstant',
  )
  requireThat(
    textOf(onlyChild(root, ASSERTION, 'Issuer')) === expected.issuer,
    'the Issuer of the Response is not this identity provider',
  )
  // Only the signed assertion counts, but a Response that contradicts it is refused.
  const inResponseTo = attributes.get('InResponseTo') ?? null
  requireThat(
    inResponseTo === expected.requestId,
    'InResponseTo of the Response is not the request of this browser',
  )
  return findAssertion(root)
}

function findAssertion(root: XmlElement): EnclosedAssertion {
  const enclosed = root.children.filter(({ name }) => name === 'Assertion' || name === 'EncryptedAssertion')
  const [one, ...more] = enclosed
  requireThat(one !== undefined && more.length === 0, 'the Response has not exactly one assertion')
  for (const element of everyElement(root))
    requireThat(
      element === one || !/^(Encrypted)?Assertion$/.test(element.name),
      'an assertion stands where none is allowed',
    )
  requireUnambiguous(root, [root, one])
  return one.name === 'Assertion' ? { assertion: one } : { encrypted: one }
}

/** A failure is reported by its status codes, as far as the standard defines them. */
function requireSuccess(status: XmlElement): void {
  const codes = childrenOf(status, PROTOCOL, 'StatusCode')
  const inner = codes.flatMap((code) => childrenOf(code, PROTOCOL, 'StatusCode'))
  const values = [...codes, ...inner].map(({ attributes }) => attributes.get('Value') ?? '')
  if (codes.length === 1 && values[0] === SUCCESS) return
  const told = values.flatMap(
    (value) => /^urn:oasis:names:tc:SAML:2\.0:status:([A-Za-z]{1,40})$/.exec(value)?.[1] ?? [],
  )
  throw new SamlError(`the Status is not Success, but ${told.join(' ') || 'another'}`)
}
