// Attacks by a SAML identity provider, or by somebody who pretends to be one. The numbers are those of the cases in
// test/attacks/. Each forged answer enters by the front door and is correct in everything else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setEnabled } from '#identity-providers/change.ts'
import { listServiceCertificates } from '#identity-providers/details/service-certificates.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { assertionId, ISSUER, signedBy } from './lying-idp.ts'
import {
  answerTo,
  begin,
  bring,
  connectSaml,
  FROM_IDP,
  type Lies,
  partiesAt,
  provision,
  signIn,
} from './saml-house.ts'
import { openTraveller } from './traveller.ts'

let house: House
let key: KeyPair
let attacker: KeyPair
let idp: ProvidedIdp
let tenantA: string

beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  attacker = await keyPair()
  tenantA = await house.tenant('a')
  idp = await connectSaml(house, tenantA, 'IdP A', key)
  for (const name of ['alice', 'admin']) await provision(idp, `${name}@a.example`)
  await house.raw({ method: 'GET', path: `/saml/${idp.id}/metadata` }) // makes our key
})
afterAll(() => house.close())

const ALICE = 'alice@a.example'
const ADMIN = 'admin@a.example'
const ATTEMPT = 'doorlist-attempt'
const BEARER_ASSERTION = /<saml:Assertion[\s\S]*<\/saml:Assertion>/
const SIGNATURE = /<(\w+:)?Signature [\s\S]*?<\/\1?Signature>/

const edit =
  (...edits: readonly (readonly [string | RegExp, string])[]) =>
  (xml: string) =>
    edits.reduce((text, [from, to]) => {
      expect(text).toMatch(from)
      return text.replace(from, () => to)
    }, xml)

/** The signed assertion, as somebody would say it who is not the identity provider. */
function forged(signed: string): string {
  return signed
    .replace(SIGNATURE, '')
    .replaceAll(ALICE, ADMIN)
    .replace(/ ID="[^"]*"/, ` ID="${assertionId()}"`)
}

const wrap = (shape: (signed: string, evil: string) => string) => (xml: string) => {
  const [signed = ''] = BEARER_ASSERTION.exec(xml) ?? []
  expect(signed).toMatch(SIGNATURE)
  return xml.replace(signed, () => shape(signed, forged(signed)))
}

/** Puts something at the end of an assertion. */
const into = (assertion: string, more: string) =>
  assertion.replace(/<\/saml:Assertion>$/, () => `${more}</saml:Assertion>`)

const SHA1 = {
  signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1',
}
const HOUR = 3_600

const LIES: Record<string, () => Lies> = {
  'saml-01: a response that nobody signed': () => ({ sign: 'none', nameId: ADMIN }),
  'saml-02: a foreign key, with its certificate in KeyInfo': () => ({ key: attacker, nameId: ADMIN }),
  'saml-03: a NameID that was edited after signing': () => ({ inTransit: edit([ALICE, ADMIN]) }),
  'saml-04: a signature that was taken away': () => ({ inTransit: edit([SIGNATURE, '']) }),
  'saml-05: a forged assertion before the signed one': () => ({
    inTransit: wrap((signed, evil) => evil + signed),
  }),
  'saml-06: a forged assertion after the signed one': () => ({
    inTransit: wrap((signed, evil) => signed + evil),
  }),
  'saml-07: the signed assertion inside the forged one': () => ({
    inTransit: wrap((signed, evil) => into(evil, signed)),
  }),
  'saml-08: the signed assertion in an Object of its own signature': () => ({
    inTransit: wrap((signed, evil) => {
      const [signature = ''] = SIGNATURE.exec(signed) ?? []
      const original = signed.replace(SIGNATURE, '')
      const moved = signature.replace(/<\/(\w+:)?Signature>$/, (end) => `<Object>${original}</Object>${end}`)
      return into(evil, moved)
    }),
  }),
  'the signed assertion in the Extensions of the response': () => ({
    inTransit: (xml) => {
      const [signed = ''] = BEARER_ASSERTION.exec(xml) ?? []
      return xml
        .replace(signed, forged(signed))
        .replace('<samlp:Status>', `<samlp:Extensions>${signed}</samlp:Extensions><samlp:Status>`)
    },
  }),
  'the signed assertion in the Advice of the forged one': () => ({
    inTransit: wrap((signed, evil) => into(evil, `<saml:Advice>${signed}</saml:Advice>`)),
  }),
  'a forged assertion that has the ID of the signed one': () => ({
    inTransit: wrap((signed, evil) => {
      const id = / ID="[^"]*"/.exec(signed)?.[0] ?? ''
      return evil.replace(/ ID="[^"]*"/, id) + signed
    }),
  }),
  'the signature of the signed assertion, moved into the forged one': () => ({
    inTransit: wrap((signed, evil) => into(evil, SIGNATURE.exec(signed)?.[0] ?? '')),
  }),
  'a response inside the response': () => ({
    inTransit: (xml) =>
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${xml}</samlp:Response>`,
  }),
  'an assertion of no namespace beside the signed one': () => ({
    inTransit: wrap((signed) => `<Assertion ID="_x"/>${signed}`),
  }),
  'a signature over the response alone': () => ({ sign: 'response' }),
  'saml-15: a comment that splits the NameID': () => ({
    nameId: `${ADMIN}.evil.example`,
    inTransit: edit([`${ADMIN}.evil`, `${ADMIN}<!-- -->.evil`]),
  }),
  'saml-16: a processing instruction that splits the NameID': () => ({
    nameId: `${ADMIN}.evil.example`,
    inTransit: edit([`${ADMIN}.evil`, `${ADMIN}<?x y?>.evil`]),
  }),
  'saml-17: a CDATA section that splits the NameID': () => ({
    nameId: `${ADMIN}.evil.example`,
    inTransit: edit([`${ADMIN}.evil`, `${ADMIN}<![CDATA[]]>.evil`]),
  }),
  'saml-18: an entity of a DOCTYPE for a NameID': () => ({
    inTransit: edit(
      ['<samlp:Response', `<!DOCTYPE r [<!ENTITY e "${ADMIN}">]><samlp:Response`],
      [ALICE, '&e;'],
    ),
  }),
  'saml-21: a comment in the DigestValue': () => ({
    inTransit: edit([ALICE, ADMIN], [/<(\w+:)?DigestValue>/, '<DigestValue><!--x-->']),
  }),
  'saml-22: a second SignedInfo': () => ({
    inTransit: edit([ALICE, ADMIN], ['<SignedInfo>', '<SignedInfo></SignedInfo><SignedInfo>']),
  }),
  'a second Reference': () => ({
    inTransit: (xml) => xml.replace(/<Reference [\s\S]*<\/Reference>/, (reference) => reference + reference),
  }),
  'a Reference to the whole document': () => ({
    inTransit: edit([/<Reference URI="[^"]*"/, '<Reference URI=""']),
  }),
  'a transform beside the two that are let in': () => ({
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    ],
  }),
  'saml-23: an HMAC with the certificate for its key': () => ({
    nameId: ADMIN,
    signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  }),
  'saml-24: a signature by SHA-1': () => SHA1,
  'a digest by SHA-1': () => ({ digestAlgorithm: SHA1.digestAlgorithm }),
  'saml-25: the audience of another service': () => ({ audience: 'https://other.example/sp' }),
  'saml-26: no audience': () => ({ audience: null }),
  'saml-27: the Recipient of another service': () => ({ recipient: 'https://other.example/acs' }),
  'saml-28: no Recipient': () => ({ recipient: null }),
  'saml-29: the Destination of another service': () => ({ destination: 'https://other.example/acs' }),
  'no Destination': () => ({ destination: null }),
  'saml-30: another Issuer with the key that is trusted': () => ({ issuer: 'https://other-idp.example' }),
  'another Issuer of the assertion alone': () => ({
    issuer: 'https://other-idp.example',
    responseIssuer: ISSUER,
  }),
  'another Issuer of the response alone': () => ({ responseIssuer: 'https://other-idp.example' }),
  'saml-31: an assertion whose time has passed': () => ({ notOnOrAfter: -HOUR }),
  'saml-32: a SubjectConfirmationData whose time has passed': () => ({ confirmedUntil: -HOUR }),
  'saml-33: an assertion that is not good yet': () => ({ notBefore: HOUR }),
  'saml-34: an assertion without an end': () => ({ notOnOrAfter: null }),
  'a SubjectConfirmationData without an end': () => ({ confirmedUntil: null }),
  'an assertion that is good for ten years': () => ({
    notOnOrAfter: 87_600 * HOUR,
    confirmedUntil: 87_600 * HOUR,
  }),
  'a session that has ended at the identity provider': () => ({ sessionNotOnOrAfter: -HOUR }),
  'saml-35: an answer to nothing, while that is switched off': () => ({ inResponseTo: null }),
  'saml-44: another confirmation than by a bearer': () => ({
    method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key',
  }),
  'saml-45: a Status that is not Success': () => ({ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }),
  'saml-46: no SubjectConfirmation': () => ({ confirmations: 0 }),
  'two SubjectConfirmations': () => ({ confirmations: 2 }),
  'a NameID of another NameQualifier': () => ({
    nameIdAttributes: ' NameQualifier="https://other-idp.example"',
  }),
  'saml-47: 20,000 elements': () => ({ sign: 'none', insert: '<x a="1"/>'.repeat(20_000) }),
  'saml-48: elements that are 20,000 deep': () => ({
    sign: 'none',
    insert: '<x>'.repeat(20_000) + '</x>'.repeat(20_000),
  }),
  'a response of more than 256 kB': () => ({ insertInAssertion: ' '.repeat(262_144) }),
  'more prefixes than anybody needs': () => ({
    insertInAssertion: Array.from({ length: 100 }, (_, i) => `<x:y${i} xmlns:x${i}="u" xmlns:x="u"/>`).join(
      '',
    ),
  }),
  'an element of another namespace in the assertion': () => ({ insertInAssertion: '<x:y xmlns:x="urn:x"/>' }),
}

async function sessions(): Promise<number> {
  return (await house.dump('user_session')).length
}

test.for(Object.entries(LIES))('%s signs nobody in', async ([, lies]) => {
  const before = await sessions()
  const traveller = openTraveller()
  const page = await signIn(house, idp, key, lies(), traveller)
  expect(page.status).toBe(401)
  expect(page.text).toContain('The response from your identity provider was not accepted.')
  expect(page.text).not.toContain(ADMIN)
  expect(page.text).not.toMatch(/node_modules|\bat [^\n]*:\d+:\d+|Signature|Issuer|Audience/)
  expect(traveller.cookie(house.url, 'doorlist')).toBeUndefined()
  expect(await sessions()).toBe(before)
  // The same browser is let in with the truth.
  expect((await signIn(house, idp, key, {}, traveller)).text).toContain(`Welcome, ${ALICE}`)
})

test('saml-36: an unsigned wrapper that names a live request makes no answer of an unsolicited assertion', async () => {
  const traveller = openTraveller()
  const id = await begin(house, idp, traveller)
  const lies = { inResponseTo: null, responseInResponseTo: id }
  for (let time = 0; time < 3; time += 1) {
    const page = await bring(house, idp, traveller, answerTo(house, idp, key, id, lies))
    expect(page.status).toBe(401)
  }
  expect(traveller.cookie(house.url, 'doorlist')).toBeUndefined()
})

test('saml-37: an answer counts in the browser that asked for it alone', async () => {
  const victim = openTraveller()
  await begin(house, idp, victim)
  const other = await begin(house, idp, openTraveller())
  const page = await bring(house, idp, victim, answerTo(house, idp, key, other))
  expect([page.status, victim.cookie(house.url, 'doorlist')]).toEqual([401, undefined])
  const stranger = await bring(house, idp, openTraveller(), answerTo(house, idp, key, other))
  expect(stranger.status).toBe(401)
})

test('saml-38: the same response counts once', async () => {
  const before = await sessions()
  const traveller = openTraveller()
  const message = answerTo(house, idp, key, await begin(house, idp, traveller))
  const first = await traveller.step(
    'POST',
    partiesAt(house, idp).acsUrl,
    { SAMLResponse: message },
    FROM_IDP,
  )
  const second = await traveller.step(
    'POST',
    partiesAt(house, idp).acsUrl,
    { SAMLResponse: message },
    FROM_IDP,
  )
  expect([first.status, second.status]).toEqual([303, 401])
  await traveller.get(`${house.url}/sign-in/next`)
  const third = await bring(house, idp, traveller, message)
  expect([third.status, await sessions()]).toEqual([401, before + 1])
})

test('saml-39: the same response 20 times at once makes one session', async () => {
  const before = await sessions()
  const traveller = openTraveller()
  const message = answerTo(house, idp, key, await begin(house, idp, traveller))
  const token = traveller.cookie(house.url, ATTEMPT) ?? ''
  const one = () => {
    const browser = openTraveller()
    browser.setCookie(house.url, `__Host-${ATTEMPT}`, token)
    return bring(house, idp, browser, message)
  }
  const pages = await Promise.all(Array.from({ length: 20 }, one))
  expect(pages.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(pages.filter(({ status }) => status === 401)).toHaveLength(19)
  expect(await sessions()).toBe(before + 1)
})

test('saml-40: a response that one process took is used on every other', async () => {
  const second = await openHouse({ beside: house, publicUrl: house.url })
  try {
    const traveller = openTraveller()
    const message = answerTo(house, idp, key, await begin(house, idp, traveller))
    const elsewhere = openTraveller()
    elsewhere.setCookie(second.url, `__Host-${ATTEMPT}`, traveller.cookie(house.url, ATTEMPT) ?? '')
    const at = (url: string) => `${url}/saml/${idp.id}/acs`
    const answers = await Promise.all([
      traveller.step('POST', at(house.url), { SAMLResponse: message }, FROM_IDP),
      elsewhere.step('POST', at(second.url), { SAMLResponse: message }, FROM_IDP),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401])
  } finally {
    await second.close()
  }
})

test('saml-41: an answer to one tenant is none to another', async () => {
  const keyB = await keyPair()
  const tenantB = await house.tenant('b')
  const idpB = await connectSaml(house, tenantB, 'IdP B', keyB, {
    details: { entityIssuer: 'https://idp-b.example' },
  })
  await provision(idpB, ALICE)
  const { entityId } = partiesAt(house, idpB)
  const lies = { key: keyB, issuer: 'https://idp-b.example', audience: entityId }
  expect((await signIn(house, idp, key, lies)).status).toBe(401)
  // Not even with one key and one issuer for both: the address that the answer is for says which one it is.
  const twin = await connectSaml(house, tenantB, 'Twin', key)
  await provision(twin, ALICE)
  const { entityId: twinId, acsUrl } = partiesAt(house, twin)
  const page = await signIn(house, idp, key, { audience: twinId, recipient: acsUrl, destination: acsUrl })
  expect(page.status).toBe(401)
})

test("saml-42: an identity provider that names another tenant's user finds nobody", async () => {
  const tenantB = await house.tenant('b-users')
  const idpB = await connectSaml(house, tenantB, 'IdP of B', key)
  await provision(idpB, 'bob@b.example')
  const page = await signIn(house, idp, key, { nameId: 'bob@b.example' })
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('You aren’t in your organization')])
})

test('saml-43: an identity provider that was switched off signs nobody in', async () => {
  const off = await connectSaml(house, tenantA, 'Off', key)
  await provision(off, ALICE)
  const traveller = openTraveller()
  const message = answerTo(house, off, key, await begin(house, off, traveller))
  await setEnabled(house.db, off.operator, off.id, false)
  const page = await bring(house, off, traveller, message)
  expect([page.status, traveller.cookie(house.url, 'doorlist')]).toEqual([403, undefined])
  await setEnabled(house.db, off.operator, off.id, true)
  expect((await bring(house, off, traveller, message)).status).toBe(401)
})

test.for([
  ['saml-49: a RelayState to another host', 'https://evil.example/'],
  ['saml-50: a RelayState that only looks like a path', '//evil.example/'],
])('%s leads nowhere: the sign-in goes on where it was begun', async ([, RelayState = '']) => {
  const traveller = openTraveller()
  const id = await begin(house, idp, traveller, '/?here')
  const acs = partiesAt(house, idp).acsUrl
  const form = { SAMLResponse: answerTo(house, idp, key, id), RelayState }
  const taken = await traveller.step('POST', acs, form, FROM_IDP)
  expect([taken.status, taken.headers.location]).toEqual([303, '/sign-in/next'])
  const done = await traveller.step('GET', `${house.url}/sign-in/next`)
  expect([done.status, done.headers.location]).toEqual([303, '/?here'])
})

async function ourCertificate(): Promise<string> {
  const [ours] = await listServiceCertificates(house.db, tenantA, idp.id)
  return ours?.certificate ?? ''
}

test('an assertion that is signed and then encrypted to us signs in', async () => {
  const page = await signIn(house, idp, key, { encryptTo: await ourCertificate() })
  expect(page.text).toContain(`Welcome, ${ALICE}`)
})

test('saml-51: an encrypted assertion that nobody signed signs nobody in', async () => {
  const encryptTo = await ourCertificate()
  const lies: Lies[] = [
    { sign: 'none', nameId: ADMIN, encryptTo },
    { key: attacker, nameId: ADMIN, encryptTo },
    { encryptTo, cipher: 'aes256-cbc' },
    { encryptTo: attacker.certificate },
  ]
  for (const lie of lies) expect((await signIn(house, idp, key, lie)).status).toBe(401)
})

test('saml-52: a changed byte of an encrypted assertion is answered like every other lie', async () => {
  const encryptTo = await ourCertificate()
  const plain = await signIn(house, idp, key, { sign: 'none' })
  const flip = (at: number) => (xml: string) => {
    const value = [...xml.matchAll(/<xenc:CipherValue>([^<]*)</g)].at(-1)?.[1] ?? ''
    const bytes = Buffer.from(value, 'base64')
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return xml.replace(value, bytes.toString('base64'))
  }
  for (const at of [0, 11, 12, 40, 900]) {
    const page = await signIn(house, idp, key, { encryptTo, inTransit: flip(at) })
    expect([page.status, page.text]).toEqual([401, plain.text])
  }
})

test('saml-53: a SAMLResponse that is there twice is none', async () => {
  const traveller = openTraveller()
  const message = encodeURIComponent(answerTo(house, idp, key, await begin(house, idp, traveller)))
  const cookie = `__Host-${ATTEMPT}=${traveller.cookie(house.url, ATTEMPT)}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie }
  const body = `SAMLResponse=${message}&SAMLResponse=AAAA`
  const answer = await house.raw({ method: 'POST', path: `/saml/${idp.id}/acs`, headers, body })
  expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined])
})

test.for([
  '',
  '%%%',
  'AAAA',
  Buffer.from([0xff, 0xfe, 0x3c]).toString('base64'),
  Buffer.from('<a').toString('base64'),
])('what is no message (%j) is refused like a lie', async (message) => {
  const traveller = openTraveller()
  await begin(house, idp, traveller)
  expect((await bring(house, idp, traveller, message)).status).toBe(401)
})

test('saml-19, saml-20: no entity is fetched, and none is expanded', async () => {
  let hits = 0
  const listener = createServer((_request, response) => {
    hits += 1
    response.end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const oob = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
  try {
    const inTransit = edit(
      ['<samlp:Response', `<!DOCTYPE r [<!ENTITY e SYSTEM "${oob}/xxe">]><samlp:Response`],
      [ALICE, '&e;'],
    )
    expect((await signIn(house, idp, key, { inTransit })).status).toBe(401)
    const bomb = edit(
      [
        '<samlp:Response',
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><samlp:Response',
      ],
      [ALICE, '&b;'],
    )
    expect((await signIn(house, idp, key, { inTransit: bomb })).status).toBe(401)
    expect(hits).toBe(0)
  } finally {
    listener.close()
  }
})

test('a certificate that is not configured counts for nothing, whatever else is signed with it', async () => {
  const inTransit = (xml: string) => signedBy(xml.replace(ALICE, ADMIN), 'Response', { key: attacker })
  expect((await signIn(house, idp, key, { inTransit })).status).toBe(401)
})
