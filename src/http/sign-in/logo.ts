import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { NotFound } from '#errors.ts'
import { readLogo } from '#tenancy/brand.ts'
import type { SignInOptions } from './door.ts'
import { UUID } from './form.ts'

type LogoRequest = FastifyRequest<{ Params: { tenantId: string; hash: string } }>

const HASH = /^[0-9a-f]{64}$/

/** The organisation's logo, which is on the page before anybody signs in, and so is everybody's to see. */
export const logoRoutes: FastifyPluginAsync<SignInOptions> = async (door, { db }) => {
  door.get('/logo/:tenantId/:hash', async (request: LogoRequest, reply) => {
    const { tenantId, hash } = request.params
    if (!UUID.test(tenantId) || !HASH.test(hash)) throw new NotFound('There is no such logo')
    const { type, content } = await readLogo(db, tenantId, hash)
    return reply
      .type(type)
      .header('cache-control', 'public, max-age=31536000, immutable') // another logo has another address
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cross-origin-resource-policy', 'same-origin')
      .send(content)
  })
}
