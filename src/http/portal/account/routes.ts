import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  addFactor,
  administratorId,
  holderOf,
  type Owner,
  proveNewFactor,
  readFactors,
  removePasskey,
  removeTotp,
} from '#administrators/factors.ts'
import { changePassword, renameSelf } from '#administrators/own-account.ts'
import { ownCeremonies } from '#administrators/sign-in/proof.ts'
import { changeOwnAccount } from '#administrators/sign-in/proofs.ts'
import type { SignedIn } from '#administrators/sign-in/sessions.ts'
import { Invalid, Unauthenticated } from '#errors.ts'
import { beginPasskey } from '#factors/passkeys.ts'
import { issueRecoveryCodes } from '#factors/recovery-codes.ts'
import { relyingParty } from '#factors/relying-party.ts'
import { beginTotp } from '#factors/totp.ts'
import { inTenant, type TenantTx } from '#platform/database/database.ts'
import { qrCodeOf } from '../../qr-code.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import { Me } from '../session/contract.ts'
import { keepOpenedSession } from '../session/cookie.ts'
import { describeNew, tellOwn } from '../session/me.ts'
import {
  NewFactor,
  OwnChange,
  OwnFactors,
  PasskeyEnrolment,
  PasswordChange,
  RecoveryCodes,
  TotpEnrolment,
} from './contract.ts'

const tags = ['my account']
const OWN = { role: 'auditor', person: true } as const
const OWN_PROVEN = { ...OWN, stepUp: true } as const

/** What an administrator changes about their own account: name, password, second factors. */
export const accountRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db } = options

  function change<Result>(own: SignedIn, work: (tx: TenantTx) => Promise<Result>): Promise<Result> {
    return db.transaction({ tenantId: own.tenantId }, (tx) => changeOwnAccount(tx, own, () => work(tx)))
  }

  door.patch(
    '/me',
    {
      config: OWN,
      schema: { tags, summary: 'Change one’s own name', body: OwnChange, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await renameSelf(db, request.principal.auditContext, personOf(request), request.body.name)
      return reply.code(204).send(null)
    },
  )

  door.put(
    '/me/password',
    {
      config: OWN,
      schema: {
        tags,
        summary: 'Change one’s own password; every other session ends',
        body: PasswordChange,
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const { auditContext } = request.principal
      const opened = await changePassword(options, auditContext, personOf(request), request.body).catch(
        (error) => {
          throw error instanceof Unauthenticated ? new Invalid('current', 'is wrong') : error
        },
      )
      keepOpenedSession(request, reply, opened)
      tellOwn(options, request, { kind: 'password', reason: 'changed' })
      return describeNew(db, opened.sessionToken)
    },
  )

  door.get(
    '/me/factors',
    {
      config: OWN,
      schema: { tags, summary: 'One’s own second factors', response: { 200: OwnFactors } },
    },
    async (request) => {
      const { tenantId, administratorId: id } = personOf(request)
      const factors = await readFactors(inTenant(db, tenantId), tenantId, id)
      const party = relyingParty(options.publicUrl())
      return {
        totp: factors.totp && timesOf(factors.totp),
        passkeys: factors.passkeys.map(({ id, name, rpId, ...times }) => ({
          id,
          name,
          usable: 'rpId' in party && party.rpId === rpId,
          ...timesOf(times),
        })),
        recoveryCodes: factors.recoveryCodes,
        passkeysUnavailable: 'unavailable' in party ? party.unavailable : null,
      }
    },
  )

  door.post(
    '/me/totp',
    {
      config: OWN_PROVEN,
      schema: { tags, summary: 'Begin to enrol an authenticator app', response: { 200: TotpEnrolment } },
    },
    async (request) => {
      const own = personOf(request)
      const enrolment = await beginTotp(options, own.tenantId, ownCeremonies(own), own.email)
      return { ...enrolment, qrCode: await qrCodeOf(enrolment.uri) }
    },
  )

  door.post(
    '/me/passkeys',
    {
      config: OWN_PROVEN,
      schema: { tags, summary: 'Begin to make a passkey', response: { 200: PasskeyEnrolment } },
    },
    async (request) => {
      const own = personOf(request)
      const holder = administratorId(own.administratorId)
      const person = { holder, name: own.email, displayName: own.name }
      return beginPasskey(options, own.tenantId, ownCeremonies(own), person)
    },
  )

  door.post(
    '/me/factors',
    {
      config: OWN_PROVEN,
      schema: {
        tags,
        summary: 'Finish an enrolment; the first factor brings recovery codes',
        body: NewFactor,
        response: { 201: RecoveryCodes },
      },
    },
    async (request, reply) => {
      const own = personOf(request)
      const { auditContext, tenantId } = request.principal
      const name = 'code' in request.body ? 'authenticator app' : 'passkey'
      const proven = await proveNewFactor(options, tenantId, ownCeremonies(own), request.body)
      const recoveryCodes = await change(own, (tx) =>
        addFactor(tx, options, auditContext, ownerOf(request), proven),
      )
      tellOwn(options, request, { kind: 'factor', reason: `${name} added` })
      return reply.code(201).send({ ...(recoveryCodes && { recoveryCodes }) })
    },
  )

  door.delete(
    '/me/totp',
    {
      config: OWN_PROVEN,
      schema: { tags, summary: 'Remove the authenticator app', response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { auditContext } = request.principal
      await change(personOf(request), (tx) => removeTotp(tx, auditContext, ownerOf(request)))
      tellOwn(options, request, { kind: 'factor', reason: 'authenticator app removed' })
      return reply.code(204).send(null)
    },
  )

  door.delete(
    '/me/passkeys/:id',
    {
      config: OWN_PROVEN,
      schema: { tags, summary: 'Remove a passkey', params: IdParams, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { auditContext } = request.principal
      const { id } = request.params
      await change(personOf(request), (tx) => removePasskey(tx, auditContext, ownerOf(request), id))
      tellOwn(options, request, { kind: 'factor', reason: 'passkey removed' })
      return reply.code(204).send(null)
    },
  )

  door.post(
    '/me/recovery-codes',
    {
      config: OWN_PROVEN,
      schema: {
        tags,
        summary: 'New recovery codes; those from before are void',
        response: { 201: RecoveryCodes },
      },
    },
    async (request, reply) => {
      const { auditContext } = request.principal
      const recoveryCodes = await change(personOf(request), (tx) =>
        issueRecoveryCodes(tx, auditContext, holderOf(ownerOf(request))),
      )
      tellOwn(options, request, { kind: 'factor', reason: 'recovery codes made anew' })
      return reply.code(201).send({ recoveryCodes })
    },
  )
}

function ownerOf(request: FastifyRequest): Owner {
  const { administratorId: id, email } = personOf(request)
  return { id, email }
}

function timesOf({ createdAt, lastUsedAt }: { readonly createdAt: Date; readonly lastUsedAt: Date | null }) {
  return { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null }
}
