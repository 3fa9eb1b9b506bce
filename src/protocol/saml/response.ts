// A Response of the Web Browser SSO Profile, before anything in it is believed: the wrapper has to be for us, of success,
// and hold one assertion in one place. Pure. @see SAML 2.0 Core §3.3.3, Profiles §4.1.4
import {
  childrenOf,
  demand,
  demandChildren,
  everyElement,
  isNamed,
  onlyChild,
  SamlError,
  textOf,
} from './elements.ts'
import { demandBegun, instantOf } from './instant.ts'
import { ASSERTION, DS, PROTOCOL, SUCCESS } from './names.ts'
import { demandOneMeaning } from './signature.ts'
import type { XmlElement } from './xml.ts'

/** What an answer has to name so that it is one to us, of this identity provider, to this browser's request. */
export interface Expected {
  /** entityID of the identity provider. */
  readonly issuer: string
  /** Ours. */
  readonly entityId: string
  readonly acsUrl: string
  /** ID of the AuthnRequest of this browser; null: the answer comes unasked. */
  readonly requestId: string | null
  readonly now: Date
}

export type Enclosed = { readonly assertion: XmlElement } | { readonly encrypted: XmlElement }

/** @throws {SamlError} */
export function readResponse(root: XmlElement, expected: Expected): Enclosed {
  demand(isNamed(root, PROTOCOL, 'Response'), 'this is no Response')
  demandChildren(root, [
    [ASSERTION, 'Issuer'],
    [DS, 'Signature'],
    [PROTOCOL, 'Status'],
    [ASSERTION, 'Assertion'],
    [ASSERTION, 'EncryptedAssertion'],
  ])
  demandSuccess(onlyChild(root, PROTOCOL, 'Status'))
  const { attributes } = root
  demand(attributes.get('Version') === '2.0', 'the Version of the Response is not 2.0')
  demand(
    attributes.get('Destination') === expected.acsUrl,
    'the Destination is not our AssertionConsumerService',
  )
  demandBegun(
    instantOf(attributes.get('IssueInstant'), 'IssueInstant of the Response'),
    expected.now,
    'IssueInstant',
  )
  demand(
    textOf(onlyChild(root, ASSERTION, 'Issuer')) === expected.issuer,
    'the Issuer of the Response is another',
  )
  // Only what is signed counts; but an answer that contradicts itself is none.
  const inResponseTo = attributes.get('InResponseTo') ?? null
  demand(
    inResponseTo === expected.requestId,
    'InResponseTo of the Response is not the request of this browser',
  )
  return enclosedIn(root)
}

function enclosedIn(root: XmlElement): Enclosed {
  const enclosed = root.children.filter(({ name }) => name === 'Assertion' || name === 'EncryptedAssertion')
  const [one, ...more] = enclosed
  demand(one !== undefined && more.length === 0, 'the Response has not exactly one assertion')
  for (const element of everyElement(root))
    demand(
      element === one || !/^(Encrypted)?Assertion$/.test(element.name),
      'an assertion stands where none is let in',
    )
  demandOneMeaning(root, [root, one])
  return one.name === 'Assertion' ? { assertion: one } : { encrypted: one }
}

/** What the identity provider says of a failure is told by its code, when it is one of the standard. */
function demandSuccess(status: XmlElement): void {
  const codes = childrenOf(status, PROTOCOL, 'StatusCode')
  const inner = codes.flatMap((code) => childrenOf(code, PROTOCOL, 'StatusCode'))
  const values = [...codes, ...inner].map(({ attributes }) => attributes.get('Value') ?? '')
  if (codes.length === 1 && values[0] === SUCCESS) return
  const told = values.flatMap(
    (value) => /^urn:oasis:names:tc:SAML:2\.0:status:([A-Za-z]{1,40})$/.exec(value)?.[1] ?? [],
  )
  throw new SamlError(`the Status is not Success, but ${told.join(' ') || 'another'}`)
}
