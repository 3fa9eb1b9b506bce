import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { verifyPart } from '#audit/verify.ts'
import type { PortalOptions } from '../options.ts'
import { AuditVerification, VerificationQuery } from './audit-proof-contract.ts'

/** Whether the audit log is as it was written. */
export const auditLogRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/audit-log/verification',
    {
      config: { role: 'auditor' },
      schema: {
        tags: ['audit-log'],
        summary: 'Verify one part of the audit log against its seals, newest first',
        querystring: VerificationQuery,
        response: { 200: AuditVerification },
      },
    },
    async ({ principal, query }) => {
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
    },
  )
}
