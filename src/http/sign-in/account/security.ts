// A user's own second factors: seen, added, removed, and recovery codes anew. Each change begins with a proof that is
// ten minutes old at most; without one, the page says so and leads to signing in anew, and back.
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, Invalid, NotFound } from '#errors.ts'
import { listFactors } from '#sign-in/factors/factor-list.ts'
import {
  addOwnFactor,
  findOwnAccount,
  isFresh,
  type OwnAccount,
  type OwnFactorName,
  type OwnNewFactor,
  removeOwnFactor,
  renewRecoveryCodes,
  requiresFactor,
} from '#sign-in/factors/own-factors.ts'
import { html, type Page, page } from '../../page.ts'
import { recordActivity, requestOrigin } from '../activity.ts'
import type { SignInOptions } from '../door.ts'
import { formCredential, formEnrollmentId, recoveryPage } from '../flow/factors.ts'
import { formField, invalidMessage, localized, UUID } from '../form.ts'
import { requireSession } from './account-page.ts'
import { addPasskeyPage, addTotpPage } from './add-factor-page.ts'
import { removalPage, renewalPage, securityLink, securityPage } from './security-page.ts'

/** What a page of a change is made from. */
export interface SecurityContext extends SignInOptions, OwnAccount {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type Work = (context: SecurityContext) => Promise<Page | FastifyReply>

const ADDED = ['totp', 'passkey'] as const

export const securityRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.get('/security', async (request, reply) => {
    const session = await requireSession(options, request, reply)
    if (!session) return reply
    const own = await findOwnAccount(options.db, session)
    return securityPage({ ...options, ...own, request, reply }, await factorsOf(own))
  })

  const addPages = { totp: addTotpPage, passkey: addPasskeyPage }
  for (const method of ADDED) {
    const path = `/security/${method}`
    door.get(path, (request, reply) => fresh(request, reply, path, (context) => addPages[method](context)))
    door.post(path, (request, reply) =>
      fresh(request, reply, path, async (context) => {
        const { texts } = request
        const input = newFactorOf(context, method)
        try {
          await addOwnFactor(options, context, requestOrigin(request), input)
        } catch (error) {
          if (!(error instanceof Invalid || error instanceof Conflict)) throw error
          const problem =
            error instanceof Invalid ? invalidMessage(error, texts) : localized(texts, error.message)
          // A passkey's question is used up with its answer; a mistyped code can be typed again.
          const retry = { problem, ...(method === 'totp' && { enrolmentId: input.enrolmentId }) }
          return reply.code(422).send(await addPages[method](context, retry))
        }
        recordActivity(options, context.session, request, 'success', `${method} added`, 'factor')
        return reply.redirect('/security', 303)
      }),
    )
  }

  door.get('/security/remove', (request, reply) => {
    const factor = readFactor((request.query as { factor?: unknown }).factor)
    return fresh(request, reply, `/security/remove?factor=${factor.text}`, async (context) =>
      removalPage(context, await factorsOf(context), factor.text),
    )
  })

  door.post('/security/remove', (request, reply) => {
    const factor = readFactor(formField(request, 'factor'))
    return fresh(request, reply, `/security/remove?factor=${factor.text}`, async (context) => {
      await removeOwnFactor(options, context, requestOrigin(request), factor.name)
      recordActivity(options, context.session, request, 'success', 'factor removed', 'factor')
      return reply.redirect('/security', 303)
    })
  })

  const codes = '/security/recovery-codes'
  door.get(codes, (request, reply) =>
    fresh(request, reply, codes, async (context) => renewalPage(context.request.texts)),
  )
  door.post(codes, (request, reply) =>
    fresh(request, reply, codes, async (context) => {
      const made = await renewRecoveryCodes(options, context, requestOrigin(request))
      recordActivity(options, context.session, request, 'success', 'recovery codes made', 'factor')
      return recoveryPage(request.texts, made, '/security')
    }),
  )

  function factorsOf({ session: { tenantId, userId } }: OwnAccount) {
    return listFactors(options.db, tenantId, userId)
  }

  /** Does the work for a user who proved a factor lately; others are shown the way to do so, and back to `path`. */
  async function fresh(request: FastifyRequest, reply: FastifyReply, path: string, work: Work) {
    const session = await requireSession(options, request, reply)
    if (!session) return reply
    const own = await findOwnAccount(options.db, session)
    if (!requiresFactor(own)) return reply.redirect('/security', 303)
    if (!isFresh(session, options.clock())) return reply.code(401).send(signInAgainPage(request, own, path))
    return work({ ...options, ...own, request, reply })
  }
}

function signInAgainPage({ texts }: FastifyRequest, { session: { idpId } }: OwnAccount, path: string): Page {
  const { security, signIn } = texts
  const onward = `/sign-in/with/${idpId}?${new URLSearchParams({ fresh: 'factor', return_to: path })}`
  return page(
    security.tooOld,
    html`<h1>${security.tooOld}</h1>
<p>${security.fresh}</p>
<p><a class="button" href="${onward}">${signIn}</a></p>
${securityLink(texts)}`,
  )
}

function newFactorOf(context: SecurityContext, method: (typeof ADDED)[number]): OwnNewFactor {
  const enrolmentId = formEnrollmentId(context)
  if (method === 'totp') return { method, enrolmentId, code: formField(context.request, 'code') }
  return {
    method,
    enrolmentId,
    credential: formCredential(context),
    name: formField(context.request, 'name'),
  }
}

/** @throws {NotFound} */
function readFactor(text: unknown): { readonly text: string; readonly name: OwnFactorName } {
  if (text === 'totp' || text === 'email' || text === 'phone') return { text, name: text }
  if (typeof text === 'string' && UUID.test(text)) return { text, name: { passkey: text } }
  throw new NotFound('There is no such passkey')
}
