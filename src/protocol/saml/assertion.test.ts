import { expect, test } from 'vitest'
import { readAssertion } from './assertion.ts'
import { SamlError } from './elements.ts'
import type { ExpectedResponse } from './response.ts'
import { readXml } from './xml-reader.ts'

const EXPECTED: ExpectedResponse = {
  issuer: 'https://idp.example',
  entityId: 'https://sp.example/metadata',
  acsUrl: 'https://sp.example/acs',
  requestId: '_request',
  now: new Date('2030-01-01T12:00:00Z'),
}

const GOOD = `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0" IssueInstant="2030-01-01T11:59:59.5Z">
  <Issuer>https://idp.example</Issuer>
  <Subject>
    <NameID Format="f" NameQualifier="https://idp.example" SPNameQualifier="https://sp.example/metadata">
      ada
    </NameID>
    <SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <SubjectConfirmationData Recipient="https://sp.example/acs" InResponseTo="_request" NotOnOrAfter="2030-01-01T12:05:00Z"/>
    </SubjectConfirmation>
  </Subject>
  <Conditions NotBefore="2030-01-01T11:55:00Z" NotOnOrAfter="2030-01-01T13:10:00+00:10">
    <AudienceRestriction><Audience>https://else.example</Audience><Audience>https://sp.example/metadata</Audience></AudienceRestriction>
    <OneTimeUse/>
  </Conditions>
  <AuthnStatement AuthnInstant="2030-01-01T08:00:00Z" SessionIndex="_s" SessionNotOnOrAfter="2030-01-01T20:00:00Z">
    <AuthnContext><AuthnContextClassRef>urn:mfa</AuthnContextClassRef></AuthnContext>
  </AuthnStatement>
  <AttributeStatement>
    <Attribute Name="urn:oid:1" FriendlyName="mail"><AttributeValue> ada@example.com </AttributeValue></Attribute>
    <Attribute Name="groups"><AttributeValue>a</AttributeValue><AttributeValue>b</AttributeValue></Attribute>
    <Attribute Name="__proto__"><AttributeValue>p</AttributeValue></Attribute>
    <Attribute Name="nested"><AttributeValue><NameID>x</NameID></AttributeValue></Attribute>
  </AttributeStatement>
</Assertion>`

const read = (text: string, expected = EXPECTED) => readAssertion(readXml(text), expected)

function refusal(from: string | RegExp, to: string, expected = EXPECTED): string {
  const text = GOOD.replace(from, to)
  expect(text === GOOD && expected === EXPECTED, 'the replacement changes the text').toBe(false)
  try {
    read(text, expected)
    return 'accepted'
  } catch (error) {
    if (error instanceof SamlError) return error.message
    throw error
  }
}

test('an assertion is read, with attributes by Name', () => {
  const said = read(GOOD)
  expect(said).toMatchObject({
    id: '_a',
    nameId: { value: 'ada', format: 'f' },
    authnContext: 'urn:mfa',
    sessionIndex: '_s',
    sessionNotOnOrAfter: new Date('2030-01-01T20:00:00Z'),
    // the later of both ends, and a minute for clocks that are apart
    expiresAt: new Date('2030-01-01T13:01:00Z'),
  })
  expect(Object.entries(said.attributes)).toEqual([
    ['urn:oid:1', ['ada@example.com']],
    ['groups', ['a', 'b']],
    ['__proto__', ['p']],
    ['nested', []],
  ])
})

test('clocks may differ by at most a minute', () => {
  const at = (now: string) => ({ ...EXPECTED, now: new Date(now) })
  expect(read(GOOD, at('2030-01-01T12:05:59Z')).id).toBe('_a')
  expect(refusal('', '', at('2030-01-01T12:06:00Z'))).toContain('has passed')
  expect(refusal('11:55:00Z', '12:01:01Z')).toContain('lies in the future')
  expect(refusal('11:55:00Z', '12:01:00Z')).toBe('accepted')
  expect(refusal('11:59:59.5Z', '12:01:01Z')).toContain('IssueInstant')
  expect(refusal('13:10:00+00:10', '13:01:01Z')).toContain('more than an hour away')
})

test.for([
  ['<Audience>https://sp.example/metadata</Audience>', '', 'Audience'],
  ['<OneTimeUse/>', '<AudienceRestriction><Audience>x</Audience></AudienceRestriction>', 'Audience'],
  ['<OneTimeUse/>', '<Unheard/>', 'not allowed'],
  ['NotOnOrAfter="2030-01-01T12:05:00Z"', '', 'not a time'],
  ['2030-01-01T12:05:00Z', '2030-01-01T12:05:00', 'not a time'],
  ['InResponseTo="_request"', '', 'InResponseTo'],
  ['<SubjectConfirmationData ', '<SubjectConfirmationData NotBefore="2031-01-01T00:00:00Z" ', 'future'],
  [/\s+ada\s+/, ' ', 'empty'],
  [/\s+ada\s+/, 'a<b/>da', 'more than text'],
  ['NameQualifier="https://idp.example"', 'NameQualifier="x"', 'NameQualifier'],
  ['SPNameQualifier="https://sp.example/metadata"', 'SPNameQualifier="x"', 'SPNameQualifier'],
  ['Version="2.0"', 'Version="1.1"', 'Version'],
  ['<Issuer>https://idp.example<', '<Issuer>https://idp.example/<', 'Issuer'],
  ['</Subject>', '<SubjectConfirmation Method="x"/></Subject>', 'exactly one'],
  ['</Assertion>', '<Advice/></Assertion>', 'not allowed'],
  [/<AuthnStatement[\s\S]*<\/AuthnStatement>/, '', 'AuthnStatement'],
] as [string | RegExp, string, string][])('%s → %s is refused', ([from, to, reason]) => {
  expect(refusal(from, to)).toContain(reason)
})
