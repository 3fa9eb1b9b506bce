import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import { derOf } from '#identity-providers/details/certificates.ts'
import { type ServiceKey, serviceKeys } from '#identity-providers/details/service-certificates.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { spMetadata } from '#protocol/saml/sp-metadata.ts'
import { beginAttempt } from '#sign-in/attempts.ts'
import { requireWaitingAttempt } from '#sign-in/provider-answer.ts'
import { readPosted, redirectUrl } from '#sign-in/saml/bindings.ts'
import {
  authnRequestOf,
  hasInResponseTo,
  receiveResponse,
  samlParties,
  toUnauthenticated,
} from '#sign-in/saml/sign-in.ts'
import { signXml } from '#sign-in/saml/xml-signature.ts'
import { html, page, policyOf } from '../../page.ts'
import { writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { continueSignIn, requireAttemptToken, requireProvider } from '../flow/provider-answer.ts'
import type { StartSignIn } from '../flow/start.ts'

type Body = Readonly<Record<string, unknown>> | undefined
type AcsRequest = FastifyRequest<{ Params: { idpId: string }; Body: Body }>

export function startSaml({ db, seal, clock }: SignInOptions): StartSignIn {
  return async ({ provider, token, publicUrl, fresh, reply }) => {
    const { ssoUrl = '', ssoBinding } = provider.details
    const xml = authnRequestOf(samlParties(publicUrl, provider), provider, { token, fresh, now: clock() })
    const key = await signingKey({ db, seal }, provider)
    if (ssoBinding === 'post') return sendPostForm(reply, provider, ssoUrl, key ? signXml(xml, key) : xml)
    return reply.redirect(redirectUrl(ssoUrl, 'SAMLRequest', xml, { privateKey: key?.privateKey }), 303)
  }
}

/** The key that signs our messages; undefined: they are not to be signed. */
export async function signingKey(
  { db, seal }: Pick<SignInOptions, 'db' | 'seal'>,
  provider: IdentityProvider,
): Promise<ServiceKey | undefined> {
  if (!provider.details.signRequests) return undefined
  const [key] = await serviceKeys(db, seal, provider)
  return key
}

/** Our metadata, and coming back from a SAML identity provider. */
export const samlRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  const { db, seal, clock, publicUrl } = options

  door.get('/saml/:idpId/metadata', async (request: AcsRequest, reply) => {
    const provider = await requireProvider(options, request.params.idpId, 'saml')
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
  })

  door.post('/saml/:idpId/acs', async (request: AcsRequest, reply) => {
    const provider = await requireProvider(options, request.params.idpId, 'saml')
    // The RelayState is not even read: where to go on is known to the attempt.
    const posted = request.body?.SAMLResponse
    try {
      const text = readPosted(posted)
      const isUnasked = provider.details.idpInitiated === true && !hasInResponseTo(text)
      const token = isUnasked ? null : requireAttemptToken(request)
      if (token !== null) await requireWaitingAttempt(db, provider, token)
      const arrival = await receiveResponse(text, {
        parties: samlParties(publicUrl(), provider),
        token,
        now: clock(),
        keys: () => serviceKeys(db, seal, provider),
      })
      const attempt = token ?? (await beginUnsolicited(options, provider, request, reply))
      return await continueSignIn(options, provider, attempt, arrival, request, reply)
    } catch (error) {
      throw logRefusal(request, provider, error)
    }
  })
}

/** From the identity provider's own page: the sign-in begins with its answer, and leads home. */
async function beginUnsolicited(
  { db }: SignInOptions,
  { tenantId, id: idpId }: IdentityProvider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const token = await beginAttempt(db, { tenantId, idpId, returnTo: '/' })
  writeCookie(request, reply, 'attempt', token)
  return token
}

/** The reason goes to the log: it quotes nothing of the message. */
export function logRefusal(
  request: FastifyRequest,
  { id: idpId }: IdentityProvider,
  error: unknown,
): unknown {
  const answer = toUnauthenticated(error)
  if (answer instanceof Unauthenticated) {
    const reason = answer.cause instanceof Error ? answer.cause.message : answer.message
    request.log.warn(
      { idpId, reason, reqId: request.id },
      'a message of a SAML identity provider was refused',
    )
  }
  return answer
}

/** A form that the browser posts when the button is pressed; there is no script that could press it. */
function sendPostForm(
  reply: FastifyReply,
  { name }: IdentityProvider,
  ssoUrl: string,
  xml: string,
): FastifyReply {
  const { texts } = reply.request
  // Not its own origin alone: browsers hold the form to that through every redirect, and it may lead on to another sign-in.
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
