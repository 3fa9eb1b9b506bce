import type { FastifyRequest } from 'fastify'
import type { PortalWorker } from '#directory/administration/local-provisioner.ts'
import type { PortalOptions } from './options.ts'

/** Returns what the directory needs to know about the caller of a change. */
export function directoryContextOf(
  { db, publicUrl }: PortalOptions,
  { principal }: FastifyRequest,
): PortalWorker {
  return { db, auditContext: principal.auditContext, publicUrl: publicUrl() }
}
