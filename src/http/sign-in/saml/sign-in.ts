// The SAML endpoints: redirect to the identity provider, our metadata, the assertion consumer service, and logout (logout.ts).
// Start here. They speak HTTP only; src/sign-in/saml/ writes the messages and checks the answers.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { derOf } from '#identity-providers/details/certificates.ts'
import { serviceKeys } from '#identity-providers/details/service-certificates.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { spMetadata } from '#protocol/saml/sp-metadata.ts'
import { beginAttempt } from '#sign-in/attempts.ts'
import { requireWaitingAttempt } from '#sign-in/provider-answer.ts'
import { readPosted, redirectUrl } from '#sign-in/saml/bindings.ts'
import { authnRequestOf, hasInResponseTo, receiveResponse, samlParties } from '#sign-in/saml/sign-in.ts'
import { signXml } from '#sign-in/saml/xml-signature.ts'
import { html, page, policyOf } from '../../page.ts'
import { writeCookie } from '../cookies.ts'
import { continueSignIn, requireAttemptToken, requireProvider } from '../flow/provider-answer.ts'
import type { StartSignIn } from '../flow/sign-in-start.ts'
import type { ProviderRequest, SignInServices } from '../services.ts'
import { logRefusal } from './log-refusal.ts'
import { signingKey } from './signing-key.ts'

type Body = Readonly<Record<string, unknown>> | undefined
type AcsRequest = FastifyRequest<{ Params: { idpId: string }; Body: Body }>

export const startSaml: StartSignIn = async (services, { provider, token, fresh, reply }) => {
  const { publicUrl, clock } = services
  const { ssoUrl = '', ssoBinding } = provider.details
  const xml = authnRequestOf(samlParties(publicUrl(), provider), provider, { token, fresh, now: clock() })
  const key = await signingKey(services, provider)
  if (ssoBinding === 'post') return sendPostForm(reply, provider, ssoUrl, key ? signXml(xml, key) : xml)
  return reply.redirect(redirectUrl(ssoUrl, 'SAMLRequest', xml, { privateKey: key?.privateKey }), 303)
}

/** Sends our metadata as a service provider. @see SAML 2.0 Metadata §2.4.4 */
export async function sendMetadata(
  services: SignInServices,
  request: ProviderRequest,
  reply: FastifyReply,
): Promise<string> {
  const { db, seal, publicUrl } = services
  const provider = await requireProvider(services, request.params.idpId, 'saml')
  const { signRequests = false, nameIdFormat } = provider.details
  const { entityId = '', acsUrl = '', logoutUrl = '' } = serviceProviderOf(publicUrl(), provider.id, 'saml')
  const certificates = (await serviceKeys(db, seal, provider)).map(({ certificate }) => derOf(certificate))
  reply.type('application/samlmetadata+xml')
  return spMetadata({
    entityId,
    acsUrl,
    logoutUrl,
    certificates,
    signsRequests: signRequests,
    nameIdFormat,
  })
}

/** Receives a Response at the assertion consumer service. RelayState is ignored: the attempt knows where to go on. */
export async function receiveSamlResponse(
  services: SignInServices,
  request: AcsRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db, seal, clock, publicUrl } = services
  const provider = await requireProvider(services, request.params.idpId, 'saml')
  try {
    const text = readPosted(request.body?.SAMLResponse)
    const isUnsolicited = provider.details.idpInitiated === true && !hasInResponseTo(text)
    const token = isUnsolicited ? null : requireAttemptToken(request)
    if (token !== null) await requireWaitingAttempt(db, provider, token)
    const answer = await receiveResponse(text, {
      parties: samlParties(publicUrl(), provider),
      token,
      now: clock(),
      keys: () => serviceKeys(db, seal, provider),
    })
    const attempt = token ?? (await beginUnsolicited(services, provider, request, reply))
    return await continueSignIn(services, provider, attempt, answer, request, reply)
  } catch (error) {
    throw logRefusal(request, provider, error)
  }
}

/** Begins an attempt for a sign-in that started at the identity provider. It ends at the home page. */
async function beginUnsolicited(
  { db }: SignInServices,
  { tenantId, id: idpId }: IdentityProvider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const token = await beginAttempt(db, { tenantId, idpId, returnTo: '/' })
  writeCookie(request, reply, 'attempt', token)
  return token
}

/** Sends the AuthnRequest as a form with a button, since our pages have no script that could submit it. */
function sendPostForm(
  reply: FastifyReply,
  { name }: IdentityProvider,
  ssoUrl: string,
  xml: string,
): FastifyReply {
  const { texts } = reply.request
  // Browsers apply form-action to every redirect after the form, and the identity provider may redirect to another origin.
  reply.header('content-security-policy', policyOf('form-action *'))
  return reply.send(
    page(
      texts.signIn,
      html`<h1>${texts.through(name)}</h1>
<form method="post" action="${ssoUrl}">
<input type="hidden" name="SAMLRequest" value="${Buffer.from(xml).toString('base64')}">
<button type="submit" autofocus>${texts.continue}</button>
</form>`,
    ),
  )
}
