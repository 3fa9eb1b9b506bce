import type { FastifyRequest } from 'fastify'
import { verifyPart } from '#audit/verify.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { AuditVerification, VerificationQuery } from './audit-proof-contract.ts'

/** Verifies that nobody changed the audit log since it was written. */
export const auditProofRoutes = routes([
  route(
    'GET /audit-log/verification',
    {
      tags: ['audit-log'],
      role: 'auditor',
      summary: 'Verify one part of the audit log against its seals, newest first',
      querystring: VerificationQuery,
      response: { 200: AuditVerification },
    },
    verify,
  ),
])

async function verify(
  { principal, query }: FastifyRequest<{ Querystring: VerificationQuery }>,
  { db }: PortalOptions,
) {
  const { sealedAt, head, next, unsealed, ...part } = await verifyPart(db, principal.tenantId, query)
  return {
    ...part,
    faults: [...part.faults],
    holds: part.faults.length === 0,
    sealedAt: sealedAt?.toISOString() ?? null,
    head: head ?? null,
    next: next ?? null,
    unsealed: unsealed ?? null,
  }
}
