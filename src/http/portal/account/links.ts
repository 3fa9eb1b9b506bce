import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
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
import { relyingParty } from '#factors/relying-party.ts'
import { beginTotp } from '#factors/totp.ts'
import { languageOf } from '#platform/language.ts'
import { emailKey } from '#tenancy/rules.ts'
import { countGuess } from '#throttle/guesses.ts'
import { networkLimit, resetLimits } from '#throttle/limits.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { qrCodeOf } from '../../qr-code.ts'
import type { PortalOptions } from '../options.ts'
import { ForgottenPassword, SignInAnswer } from '../session/contract.ts'
import { setSessionCookie } from '../session/cookie.ts'
import { describeNew, originOf } from '../session/me.ts'
import {
  Acceptance,
  AccountLink,
  LinkParams,
  LinkPerson,
  PasskeyEnrolment,
  TotpEnrolment,
} from './contract.ts'

const tags = ['one-time links']
const OPEN = { role: 'open' } as const

/** What stands behind the one-time links: the first owner's set-up, invitations, new passwords. The link is the proof. */
export const accountLinkRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, publicUrl, mailer } = options
  const underWay = new Set<Promise<void>>()
  door.addHook('onClose', async () => void (await Promise.allSettled(underWay)))

  door.get(
    '/links/:token',
    {
      config: OPEN,
      schema: { tags, summary: 'What a link is for', params: LinkParams, response: { 200: AccountLink } },
    },
    async (request) => {
      const link = await findAccountLink(db, request.params.token)
      const party = relyingParty(publicUrl())
      return {
        kind: link.kind,
        tenant: link.tenantName,
        email: link.email ?? null,
        role: link.role,
        hasFactor: link.hasFactor,
        passkeysUnavailable: 'unavailable' in party ? party.unavailable : null,
      }
    },
  )

  door.post(
    '/links/:token/totp',
    {
      config: OPEN,
      schema: {
        tags,
        summary: 'Begin to enrol an authenticator app for the account to be made',
        params: LinkParams,
        body: LinkPerson,
        response: { 200: TotpEnrolment },
      },
    },
    async (request) => {
      const { token } = request.params
      const { tenantId, boundTo, email } = await demandNew(token)
      await countGuess(db, [networkLimit('request', { sourceAddress: request.ip })])
      const enrolment = await beginTotp(
        options,
        tenantId,
        boundTo,
        email ?? request.body.email ?? 'administrator',
      )
      return { ...enrolment, qrCode: await qrCodeOf(enrolment.uri) }
    },
  )

  door.post(
    '/links/:token/passkey',
    {
      config: OPEN,
      schema: {
        tags,
        summary: 'Begin to make a passkey for the account to be made',
        params: LinkParams,
        body: LinkPerson,
        response: { 200: PasskeyEnrolment },
      },
    },
    async (request) => {
      const { tenantId, boundTo, email } = await demandNew(request.params.token)
      await countGuess(db, [networkLimit('request', { sourceAddress: request.ip })])
      const address = email ?? request.body.email ?? 'administrator'
      return beginPasskey(options, tenantId, boundTo, {
        name: address,
        displayName: request.body.name || address,
      })
    },
  )

  door.post(
    '/links/:token',
    {
      config: OPEN,
      schema: {
        tags,
        summary: 'Use a link: make the account, or set the new password',
        params: LinkParams,
        body: Acceptance,
        response: { 200: SignInAnswer },
      },
    },
    async (request, reply): Promise<SignInAnswer> => {
      const accepted = await acceptAccountLink(options, request.params.token, request.body, originOf(request))
      const { sessionToken, browserToken, recoveryCodes } = accepted
      keepBrowserToken(request, reply, browserToken)
      if (sessionToken === undefined) return { next: 'sign-in' }
      setSessionCookie(request, reply, sessionToken)
      return {
        next: 'complete',
        me: await describeNew(db, sessionToken),
        ...(recoveryCodes && { recoveryCodes: [...recoveryCodes] }),
      }
    },
  )

  door.post(
    '/password/forgotten',
    {
      config: OPEN,
      schema: {
        tags,
        summary: 'Ask for a new password by mail; the answer says nothing about the account',
        body: ForgottenPassword,
        response: { 202: Type.Null() },
      },
    },
    async (request, reply) => {
      if (!mailer)
        throw new Refused(
          'This service sends no mail. Ask an owner for a link, or the operator of the service.',
        )
      const { email } = request.body
      const origin = originOf(request)
      const accounts = await findForgottenAccounts(db, email, origin.browserTokens)
      const browser = accounts.find((account) => account.browser !== null)?.browser
      const from = { sourceAddress: request.ip, browser }
      await countGuess(db, resetLimits(`administrator ${emailKey(email)}`, from))
      // Whether there is an account must show in nothing, and time is something: the work is done after the answer.
      const work = mailResetLinks(accounts, request).catch((err) =>
        request.log.warn({ err }, 'a link for a new password could not be sent'),
      )
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
      return reply.code(202).send(null)
    },
  )

  async function mailResetLinks(
    accounts: readonly ForgottenAccount[],
    { id: requestId, ip: sourceAddress, headers }: FastifyRequest,
  ): Promise<void> {
    const language = languageOf(headers['accept-language'])
    const links = await makeForgottenLinks(db, accounts, { requestId, sourceAddress })
    for (const { email: to, tenantName, token } of links) {
      const url = `${publicUrl()}/admin/reset/${token}`
      const text = resetMail(language, { tenantName, url, minutes: FORGOTTEN_MINUTES })
      await mailer?.send({ to, ...text })
    }
  }

  /** A link to a new password lets nobody add a factor: that would be a way around the one that is there. */
  async function demandNew(token: string) {
    const link = await findAccountLink(db, token)
    if (link.kind === 'reset') throw new Refused('A second factor is added after signing in')
    return link
  }
}
