// Everything that reads what identity providers and browsers send on the way of signing in.
import { Invalid, Unauthenticated } from '#errors.ts'
import { readAuthorization } from '#identity-providers/credentials/authorization-header.ts'
import { readAssertion as readClientAssertion } from '#identity-providers/credentials/client-assertion.ts'
import { readJwks } from '#identity-providers/credentials/jwk.ts'
import { readCertificates } from '#identity-providers/details/certificates.ts'
import { importMetadata } from '#identity-providers/details/saml-import.ts'
import { countSigningKeys, DiscoveryError, readOpenIdMetadata } from '#protocol/oidc/discovery.ts'
import { LogoutTokenError, readLogoutToken } from '#protocol/oidc/logout-token.ts'
import { readAssertion } from '#protocol/saml/assertion.ts'
import { SamlError } from '#protocol/saml/elements.ts'
import { readLogoutRequest } from '#protocol/saml/logout.ts'
import { readResponse } from '#protocol/saml/response.ts'
import { requireSignatureShape, requireUnambiguous } from '#protocol/saml/signature.ts'
import { readXml } from '#protocol/saml/xml-reader.ts'
import { scanXml, XmlError } from '#protocol/saml/xml-scan.ts'
import { readPosted, readSignedRedirect, redirectUrl } from '#sign-in/saml/bindings.ts'
import { keyPair } from '../sign-in/key-pair.ts'
import { jsonOf, textsOf } from './generate.ts'
import { Broken, type Target, throwing } from './target.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const EXPECTED = {
  issuer: 'https://idp.example/entity',
  entityId: 'https://sp.example/saml',
  acsUrl: 'https://sp.example/acs',
  requestId: '_request',
  now: NOW,
}
const LOGOUT = { ...EXPECTED, logoutUrl: 'https://sp.example/logout' }

const KEY = await keyPair()
const SIGNED = redirectUrl('https://idp.example/slo', 'SAMLRequest', '<a/>', {
  privateKey: KEY.privateKey,
  relayState: 'x',
})

export const SIGN_IN_TARGETS: readonly Target[] = [
  {
    name: 'saml-response',
    input: textsOf('saml-response'),
    read(text) {
      scanXml(text)
      const root = readXml(text)
      const enclosed = readResponse(root, EXPECTED)
      if (!('assertion' in enclosed)) return
      requireSignatureShape(root, enclosed.assertion)
      requireUnambiguous(root, [enclosed.assertion])
      readAssertion(enclosed.assertion, EXPECTED)
    },
    refuses: throwing(SamlError, XmlError),
  },
  {
    name: 'saml-logout',
    input: textsOf('saml-logout'),
    read: (text) => void readLogoutRequest(readXml(text), LOGOUT),
    refuses: throwing(SamlError, XmlError),
  },
  {
    name: 'saml-metadata',
    input: textsOf('saml-metadata'),
    read(text) {
      const { details } = importMetadata(text, NOW, 'xml')
      if (JSON.stringify(details).includes('[native code]')) throw new Broken(`our own inside: ${text}`)
      if (typeof (details.ssoBinding ?? '') !== 'string') throw new Broken(`no binding: ${text}`)
    },
    refuses: throwing(Invalid),
  },
  {
    name: 'saml-binding',
    input: textsOf('saml-binding', [SIGNED.slice(SIGNED.indexOf('?') + 1)]),
    read: (text) => void readSignedRedirect(text, 'SAMLRequest', [KEY.certificate]),
    refuses: throwing(SamlError),
  },
  {
    name: 'saml-posted',
    input: textsOf('saml-posted'),
    read: (text) => void readPosted(text),
    refuses: throwing(SamlError),
  },
  {
    name: 'jwks',
    input: jsonOf('jwks'),
    read: (text) => void readJwks(text),
    refuses: throwing(Invalid),
  },
  {
    name: 'pem',
    input: textsOf('pem'),
    read(text) {
      readJwks(text)
      readCertificates(text)
    },
    refuses: throwing(Invalid),
  },
  {
    name: 'client-assertion',
    input: textsOf('client-assertion'),
    read: (text) => void readClientAssertion(text),
    refuses: throwing(Unauthenticated),
  },
  {
    name: 'authorization',
    input: textsOf('authorization'),
    read: (text) => void readAuthorization(text),
    refuses: throwing(Unauthenticated),
  },
  {
    name: 'logout-token',
    input: jsonOf('logout-token'),
    read(text) {
      const claims: unknown = JSON.parse(text)
      if (typeof claims === 'object' && claims !== null)
        readLogoutToken('logout+jwt', claims as Record<string, unknown>)
    },
    refuses: throwing(LogoutTokenError, SyntaxError),
  },
  {
    name: 'openid-metadata',
    input: jsonOf('openid-metadata'),
    read: (text) => void readOpenIdMetadata(text, 'https://idp.example'),
    refuses: throwing(DiscoveryError),
  },
  {
    name: 'openid-keys',
    input: jsonOf('openid-keys'),
    read: (text) => void countSigningKeys(text),
    refuses: throwing(DiscoveryError),
  },
]
