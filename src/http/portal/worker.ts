import type { FastifyRequest } from 'fastify'
import type { PortalWorker } from '#directory/administration/local-provisioner.ts'
import type { PortalOptions } from './options.ts'

/** Whoever asks, at work on the directory. */
export function workerOf({ db, publicUrl }: PortalOptions, { principal }: FastifyRequest): PortalWorker {
  return { db, auditContext: principal.auditContext, publicUrl: publicUrl() }
}
