import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { verifySeals } from '#audit/seal.ts'
import { AuditVerification, VerificationQuery } from './contract/audit-log.ts'
import type { PortalOptions } from './door.ts'

/** Whether the audit log is as it was written. */
export const auditLogRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/audit-log/verification',
    {
      config: { role: 'auditor' },
      schema: {
        tags: ['audit-log'],
        summary: 'Prove that nothing in the audit log was altered or removed, newest seals first',
        querystring: VerificationQuery,
        response: { 200: AuditVerification },
      },
    },
    async ({ principal, query }) => {
      const { sealedAt, checkedTo, ...proof } = await verifySeals(db, principal.tenantId, query)
      return {
        ...proof,
        holds: proof.faults.length === 0,
        sealedAt: sealedAt?.toISOString() ?? null,
        checkedTo: checkedTo?.toISOString() ?? null,
      }
    },
  )
}
