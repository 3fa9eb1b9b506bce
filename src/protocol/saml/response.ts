// A Response of the Web Browser SSO Profile, before anything in it is believed: the wrapper has to be for us, of success,
// and hold one assertion in one place. Pure. @see SAML 2.0 Core §3.3.3, Profiles §4.1.4
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

/** What an answer has to name so that it is one to us, of this identity provider, to this browser's request. */
export interface ExpectedResponse {
  /** entityID of the identity provider. */
  readonly issuer: string
  /** Ours. */
  readonly entityId: string
  readonly acsUrl: string
  /** ID of the AuthnRequest of this browser; null: the answer comes unasked. */
  readonly requestId: string | null
  readonly now: Date
}

export type EnclosedAssertion = { readonly assertion: XmlElement } | { readonly encrypted: XmlElement }

/** @throws {SamlError} */
export function readResponse(root: XmlElement, expected: ExpectedResponse): EnclosedAssertion {
  requireThat(isNamed(root, PROTOCOL, 'Response'), 'this is no Response')
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
    'the Issuer of the Response is another',
  )
  // Only what is signed counts; but an answer that contradicts itself is none.
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
      'an assertion stands where none is let in',
    )
  requireUnambiguous(root, [root, one])
  return one.name === 'Assertion' ? { assertion: one } : { encrypted: one }
}

/** What the identity provider says of a failure is told by its code, when it is one of the standard. */
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
