// The signed-in administrator's own account: name, password, second factors. `#administrators` owns it; this folder
// translates between it and the API. Start with the table below; `own-sessions.ts` has sessions and the fresh proof of
// identity, `links.ts` the one-time links with which an account begins or gets a new password.
import type { FastifyReply, FastifyRequest } from 'fastify'
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
import { Invalid, Unauthenticated } from '#errors.ts'
import { beginPasskey } from '#factors/passkeys.ts'
import { issueRecoveryCodes } from '#factors/recovery-codes.ts'
import { relyingParty } from '#factors/relying-party.ts'
import { beginTotp } from '#factors/totp.ts'
import { inTenant, type TenantTx } from '#platform/database/database.ts'
import { qrCodeOf } from '../../qr-code.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import { route, routes } from '../route.ts'
import { Me } from '../session/contract.ts'
import { keepOpenedSession } from '../session/cookie.ts'
import { describeToken, passkeysUnavailable, recordOwnActivity } from '../session/me.ts'
import {
  NewFactor,
  OwnChange,
  OwnFactors,
  PasskeyEnrolment,
  PasswordChange,
  RecoveryCodes,
  TotpEnrolment,
} from './contract.ts'

const OWN = { tags: ['my account'], role: 'auditor', person: true } as const
const OWN_WITH_PROOF = { ...OWN, stepUp: true } as const

export const accountRoutes = routes([
  route(
    'PATCH /me',
    { ...OWN, summary: 'Change your own name', body: OwnChange, response: { 204: Type.Null() } },
    rename,
  ),
  route(
    'PUT /me/password',
    {
      ...OWN,
      summary: 'Change your own password. All your other sessions are revoked',
      body: PasswordChange,
      response: { 200: Me },
    },
    setPassword,
  ),
  route(
    'GET /me/factors',
    { ...OWN, summary: 'List your own second factors', response: { 200: OwnFactors } },
    listFactors,
  ),
  route(
    'POST /me/totp',
    { ...OWN_WITH_PROOF, summary: 'Start to enroll an authenticator app', response: { 200: TotpEnrolment } },
    startTotp,
  ),
  route(
    'POST /me/passkeys',
    { ...OWN_WITH_PROOF, summary: 'Start to create a passkey', response: { 200: PasskeyEnrolment } },
    startPasskey,
  ),
  route(
    'POST /me/factors',
    {
      ...OWN_WITH_PROOF,
      summary: 'Finish the enrollment of a second factor. The first one comes with recovery codes',
      body: NewFactor,
      response: { 201: RecoveryCodes },
    },
    finishFactor,
  ),
  route(
    'DELETE /me/totp',
    { ...OWN_WITH_PROOF, summary: 'Remove the authenticator app', response: { 204: Type.Null() } },
    removeOwnTotp,
  ),
  route(
    'DELETE /me/passkeys/:id',
    { ...OWN_WITH_PROOF, summary: 'Remove a passkey', params: IdParams, response: { 204: Type.Null() } },
    removeOwnPasskey,
  ),
  route(
    'POST /me/recovery-codes',
    {
      ...OWN_WITH_PROOF,
      summary: 'Create new recovery codes. The previous ones stop working',
      response: { 201: RecoveryCodes },
    },
    renewRecoveryCodes,
  ),
])

async function rename(request: FastifyRequest<{ Body: OwnChange }>, { db }: PortalOptions) {
  await renameSelf(db, request.principal.auditContext, personOf(request), request.body.name)
}

async function setPassword(
  request: FastifyRequest<{ Body: PasswordChange }>,
  options: PortalOptions,
  reply: FastifyReply,
) {
  const { auditContext } = request.principal
  const opened = await changePassword(options, auditContext, personOf(request), request.body).catch(
    (error) => {
      throw error instanceof Unauthenticated ? new Invalid('current', 'is wrong') : error
    },
  )
  keepOpenedSession(request, reply, opened)
  recordOwnActivity(options, request, { kind: 'password', reason: 'changed' })
  return describeToken(options.db, opened.sessionToken)
}

async function listFactors(request: FastifyRequest, { db, publicUrl }: PortalOptions) {
  const { tenantId, administratorId: id } = personOf(request)
  const { totp, passkeys, recoveryCodes } = await readFactors(inTenant(db, tenantId), tenantId, id)
  const party = relyingParty(publicUrl())
  return {
    totp: totp && withIsoTimes(totp),
    passkeys: passkeys.map(({ rpId, ...passkey }) => ({
      ...withIsoTimes(passkey),
      usable: 'rpId' in party && party.rpId === rpId,
    })),
    recoveryCodes,
    passkeysUnavailable: passkeysUnavailable(publicUrl()),
  }
}

async function startTotp(request: FastifyRequest, options: PortalOptions) {
  const own = personOf(request)
  const enrolment = await beginTotp(options, own.tenantId, ownCeremonies(own), own.email)
  return { ...enrolment, qrCode: await qrCodeOf(enrolment.uri) }
}

async function startPasskey(request: FastifyRequest, options: PortalOptions) {
  const own = personOf(request)
  const holder = administratorId(own.administratorId)
  const names = { holder, name: own.email, displayName: own.name }
  return beginPasskey(options, own.tenantId, ownCeremonies(own), names)
}

async function finishFactor(request: FastifyRequest<{ Body: NewFactor }>, options: PortalOptions) {
  const own = personOf(request)
  const { auditContext, tenantId } = request.principal
  const proven = await proveNewFactor(options, tenantId, ownCeremonies(own), request.body)
  const recoveryCodes = await changeOwn(request, options, (tx) =>
    addFactor(tx, options, auditContext, ownerOf(request), proven),
  )
  const name = 'code' in request.body ? 'authenticator app' : 'passkey'
  recordOwnActivity(options, request, { kind: 'factor', reason: `${name} added` })
  return { ...(recoveryCodes && { recoveryCodes }) }
}

async function removeOwnTotp(request: FastifyRequest, options: PortalOptions) {
  await changeOwn(request, options, (tx) => removeTotp(tx, request.principal.auditContext, ownerOf(request)))
  recordOwnActivity(options, request, { kind: 'factor', reason: 'authenticator app removed' })
}

async function removeOwnPasskey(request: FastifyRequest<ById>, options: PortalOptions) {
  const { id } = request.params
  await changeOwn(request, options, (tx) =>
    removePasskey(tx, request.principal.auditContext, ownerOf(request), id),
  )
  recordOwnActivity(options, request, { kind: 'factor', reason: 'passkey removed' })
}

async function renewRecoveryCodes(request: FastifyRequest, options: PortalOptions) {
  const recoveryCodes = await changeOwn(request, options, (tx) =>
    issueRecoveryCodes(tx, request.principal.auditContext, holderOf(ownerOf(request))),
  )
  recordOwnActivity(options, request, { kind: 'factor', reason: 'recovery codes replaced' })
  return { recoveryCodes }
}

function changeOwn<Result>(
  request: FastifyRequest,
  { db }: PortalOptions,
  work: (tx: TenantTx) => Promise<Result>,
): Promise<Result> {
  const own = personOf(request)
  return db.transaction({ tenantId: own.tenantId }, (tx) => changeOwnAccount(tx, own, () => work(tx)))
}

function ownerOf(request: FastifyRequest): Owner {
  const { administratorId: id, email } = personOf(request)
  return { id, email }
}
