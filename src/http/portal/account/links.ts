import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { acceptAccountLink, findAccountLink } from '#administrators/account-links.ts'
import { resetMail } from '#administrators/mail-texts.ts'
import {
  FORGOTTEN_MINUTES,
  type ForgottenAccount,
  findForgottenAccounts,
  makeForgottenLinks,
} from '#administrators/sign-in/password-reset.ts'
import { Refused } from '#errors.ts'
import { beginPasskey } from '#factors/passkeys.ts'
import { beginTotp } from '#factors/totp.ts'
import { languageOf } from '#platform/language.ts'
import { emailKey } from '#tenancy/rules.ts'
import { countGuess } from '#throttle/guesses.ts'
import { networkLimit, resetLimits } from '#throttle/limits.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { qrCodeOf } from '../../qr-code.ts'
import type { PortalOptions } from '../options.ts'
import { type Handler, route, routes } from '../route.ts'
import { ForgottenPassword, SignInAnswer } from '../session/contract.ts'
import { setSessionCookie } from '../session/cookie.ts'
import { describeToken, originOf, passkeysUnavailable } from '../session/me.ts'
import {
  Acceptance,
  AccountLink,
  type ByLink,
  LinkParams,
  LinkPerson,
  PasskeyEnrolment,
  TotpEnrolment,
} from './contract.ts'

const OPEN = { tags: ['one-time links'], role: 'open' } as const

/**
 * One-time links: setup of the first owner, invitations, new passwords. The token in the link is the proof of identity, so
 * no sign-in is asked for. Closing the door waits for the emails that are still being sent.
 */
export const accountLinkRoutes: FastifyPluginAsync<PortalOptions> = async (door, options) => {
  const pendingMails = new Set<Promise<void>>()
  door.addHook('onClose', async () => void (await Promise.allSettled(pendingMails)))
  await door.register(linkTable(pendingMails), options)
}

function linkTable(pendingMails: Set<Promise<void>>) {
  return routes([
    route(
      'GET /links/:token',
      { ...OPEN, summary: 'Get the purpose of a link', params: LinkParams, response: { 200: AccountLink } },
      read,
    ),
    route(
      'POST /links/:token/totp',
      {
        ...OPEN,
        summary: 'Start to enroll an authenticator app for the new account',
        params: LinkParams,
        body: LinkPerson,
        response: { 200: TotpEnrolment },
      },
      startTotp,
    ),
    route(
      'POST /links/:token/passkey',
      {
        ...OPEN,
        summary: 'Start to create a passkey for the new account',
        params: LinkParams,
        body: LinkPerson,
        response: { 200: PasskeyEnrolment },
      },
      startPasskey,
    ),
    route(
      'POST /links/:token',
      {
        ...OPEN,
        summary: 'Use a link: create the account or set the new password',
        params: LinkParams,
        body: Acceptance,
        response: { 200: SignInAnswer },
      },
      accept,
    ),
    route(
      'POST /password/forgotten',
      {
        ...OPEN,
        summary: 'Request a new password by email. The response doesn’t tell whether the account exists',
        body: ForgottenPassword,
        response: { 202: Type.Null() },
      },
      requestReset(pendingMails),
    ),
  ])
}

async function read({ params }: FastifyRequest<ByLink>, { db, publicUrl }: PortalOptions) {
  const link = await findAccountLink(db, params.token)
  return {
    kind: link.kind,
    tenant: link.tenantName,
    email: link.email ?? null,
    role: link.role,
    hasFactor: link.hasFactor,
    passkeysUnavailable: passkeysUnavailable(publicUrl()),
  }
}

type FactorRequest = FastifyRequest<ByLink & { Body: LinkPerson }>

async function startTotp(request: FactorRequest, options: PortalOptions) {
  const { tenantId, boundTo, address } = await linkForNewFactor(request, options)
  const enrolment = await beginTotp(options, tenantId, boundTo, address)
  return { ...enrolment, qrCode: await qrCodeOf(enrolment.uri) }
}

async function startPasskey(request: FactorRequest, options: PortalOptions) {
  const { tenantId, boundTo, address } = await linkForNewFactor(request, options)
  return beginPasskey(options, tenantId, boundTo, {
    name: address,
    displayName: request.body.name || address,
  })
}

/** @throws {Refused} the link sets a new password: adding a factor would be a way around the existing one */
async function linkForNewFactor({ params, body, ip }: FactorRequest, { db }: PortalOptions) {
  const link = await findAccountLink(db, params.token)
  if (link.kind === 'reset') throw new Refused('Sign in first, then add a second factor.')
  await countGuess(db, [networkLimit('request', { sourceAddress: ip })])
  return { ...link, address: link.email ?? body.email ?? 'administrator' }
}

async function accept(
  request: FastifyRequest<ByLink & { Body: Acceptance }>,
  options: PortalOptions,
  reply: FastifyReply,
): Promise<SignInAnswer> {
  const accepted = await acceptAccountLink(options, request.params.token, request.body, originOf(request))
  const { sessionToken, browserToken, recoveryCodes } = accepted
  keepBrowserToken(request, reply, browserToken)
  if (sessionToken === undefined) return { next: 'sign-in' }
  setSessionCookie(request, reply, sessionToken)
  return {
    next: 'complete',
    me: await describeToken(options.db, sessionToken),
    ...(recoveryCodes && { recoveryCodes: [...recoveryCodes] }),
  }
}

type ForgottenRequest = FastifyRequest<{ Body: ForgottenPassword }>

function requestReset(pendingMails: Set<Promise<void>>): Handler<ForgottenRequest, void> {
  return async (request, options) => {
    if (!options.mailer)
      throw new Refused(
        'This service sends no email. Ask an owner for a link, or the operator of the service.',
      )
    const { email } = request.body
    const { browserTokens } = originOf(request)
    const accounts = await findForgottenAccounts(options.db, email, browserTokens)
    const browser = accounts.find((account) => account.browser !== null)?.browser
    const origin = { sourceAddress: request.ip, browser }
    await countGuess(options.db, resetLimits(`administrator ${emailKey(email)}`, origin))
    // Creating and mailing links takes time, which would tell whether the account exists: the response doesn't wait for it.
    const work = mailResetLinks(accounts, request, options).catch((err) =>
      request.log.warn({ err }, 'a link for a new password could not be sent'),
    )
    pendingMails.add(work)
    void work.finally(() => pendingMails.delete(work))
  }
}

async function mailResetLinks(
  accounts: readonly ForgottenAccount[],
  { id: requestId, ip: sourceAddress, headers }: ForgottenRequest,
  { db, mailer, publicUrl }: PortalOptions,
): Promise<void> {
  const language = languageOf(headers['accept-language'])
  const links = await makeForgottenLinks(db, accounts, { requestId, sourceAddress })
  for (const { email: to, tenantName, token } of links) {
    const url = `${publicUrl()}/admin/reset/${token}`
    await mailer?.send({ to, ...resetMail(language, { tenantName, url, minutes: FORGOTTEN_MINUTES }) })
  }
}
