import type { FastifyReply, FastifyRequest } from 'fastify'
import { isUuid } from '#directory/uuid.ts'
import { NotFound } from '#errors.ts'
import { readLogo } from '#tenancy/brand.ts'
import type { SignInServices } from './services.ts'

type LogoRequest = FastifyRequest<{ Params: { tenantId: string; hash: string } }>

const HASH = /^[0-9a-f]{64}$/

/** Sends the organization's logo. Sign-in pages show it before anybody signed in, so it is public. */
export async function sendLogo({ db }: SignInServices, request: LogoRequest, reply: FastifyReply) {
  const { tenantId, hash } = request.params
  if (!isUuid(tenantId) || !HASH.test(hash)) throw new NotFound('There is no such logo')
  const { type, content } = await readLogo(db, tenantId, hash)
  return reply
    .type(type)
    .header('cache-control', 'public, max-age=31536000, immutable') // a new logo has a new address
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cross-origin-resource-policy', 'same-origin')
    .send(content)
}
