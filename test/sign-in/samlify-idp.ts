// A SAML identity provider from npm, set up as an administrator would: it reads our metadata, and gives its own.
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as Samlify from 'samlify'
import type { KeyPair } from './key-pair.ts'
import { ISSUER } from './lying-idp.ts'
import { SLO, SSO } from './saml-house.ts'

// Its ES modules ask for files without their extension.
const { IdentityProvider, ServiceProvider, SamlLib, setSchemaValidator } = createRequire(import.meta.url)(
  'samlify',
) as typeof Samlify

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'

/** How our AuthnRequest comes: in the address where the browser was sent, or in the field of a form. */
export type Asked = string | { readonly SAMLRequest: string }

export interface SamlifyIdp {
  /** Takes our AuthnRequest, and answers it. @returns the field of the form */
  answer(asked: Asked, nameId: string, sessionIndex: string): Promise<string>
  /** Takes our LogoutRequest. @returns whom it names */
  takeLogout(location: string): Promise<{ nameId: string; sessionIndex: string }>
  /** @returns where it sends the browser to have a session ended */
  askLogout(nameId: string, sessionIndex: string): string
  /** Takes our answer to that. @returns ID of the request that it is about */
  takeLogoutResponse(location: string): Promise<string>
}

/** What its administrator gives to ours; requests have to be signed, and be posted. */
export function metadataOfSamlify(key: KeyPair): string {
  return identityProvider(key, POST).getMetadata()
}

function identityProvider(key: KeyPair, binding: string) {
  return IdentityProvider({
    entityID: ISSUER,
    privateKey: key.privateKey,
    signingCert: key.certificate,
    wantAuthnRequestsSigned: true,
    wantLogoutRequestSigned: true,
    wantLogoutResponseSigned: true,
    isAssertionEncrypted: false,
    nameIDFormat: [EMAIL],
    requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    singleSignOnService: [{ Binding: binding, Location: SSO }],
    singleLogoutService: [
      { Binding: REDIRECT, Location: SLO },
      { Binding: POST, Location: SLO },
    ],
    loginResponseTemplate: { context: SamlLib.defaultLoginResponseTemplate.context, attributes: [] },
  })
}

/** @param metadata ours */
export function openSamlify(key: KeyPair, metadata: string): SamlifyIdp {
  setSchemaValidator({ validate: async () => 'its schemas are not looked at' })
  const redirected = identityProvider(key, REDIRECT)
  const posted = identityProvider(key, POST)
  const sp = ServiceProvider({ metadata, wantLogoutRequestSigned: true, wantLogoutResponseSigned: true })

  return {
    async answer(asked, nameId, sessionIndex) {
      const idp = typeof asked === 'string' ? redirected : posted
      const { extract } =
        typeof asked === 'string'
          ? await idp.parseLoginRequest(sp, 'redirect', requestAt(asked))
          : await idp.parseLoginRequest(sp, 'post', { body: asked })
      const now = new Date()
      const soon = new Date(now.getTime() + 300_000).toISOString()
      const acs = String(sp.entityMeta.getAssertionConsumerService('post'))
      const values = {
        ID: `_${randomUUID()}`,
        AssertionID: `_${randomUUID()}`,
        Destination: acs,
        Audience: sp.entityMeta.getEntityID(),
        EntityID: sp.entityMeta.getEntityID(),
        SubjectRecipient: acs,
        AssertionConsumerServiceURL: acs,
        Issuer: ISSUER,
        IssueInstant: now.toISOString(),
        ConditionsNotBefore: now.toISOString(),
        ConditionsNotOnOrAfter: soon,
        SubjectConfirmationDataNotOnOrAfter: soon,
        StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
        NameIDFormat: EMAIL,
        NameID: nameId,
        InResponseTo: extract.request?.id,
        AuthnStatement: `<saml:AuthnStatement AuthnInstant="${now.toISOString()}" SessionIndex="${sessionIndex}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
        AttributeStatement: '',
      }
      const fill = (template: string) => ({
        id: values.ID,
        context: template.replace(/\{(\w+)\}/g, (_, tag: string) =>
          String(values[tag as keyof typeof values] ?? ''),
        ),
      })
      const { context } = await idp.createLoginResponse(sp, { extract }, 'post', { email: nameId }, fill)
      return context
    },
    async takeLogout(location) {
      const { extract } = await redirected.parseLogoutRequest(sp, 'redirect', requestAt(location))
      return { nameId: String(extract.nameID), sessionIndex: String(extract.sessionIndex) }
    },
    askLogout(nameId, sessionIndex) {
      const user = { logoutNameID: nameId, sessionIndex }
      return redirected.createLogoutRequest(sp, 'redirect', user, 'relayed').context
    },
    async takeLogoutResponse(location) {
      const { extract } = await redirected.parseLogoutResponse(sp, 'redirect', requestAt(location))
      return String(extract.response?.inResponseTo)
    },
  }
}

function requestAt(location: string) {
  const query = Object.fromEntries(new URL(location).searchParams)
  const octetString = location.slice(location.indexOf('?') + 1).replace(/&Signature=.*$/, '')
  return { query, octetString }
}
