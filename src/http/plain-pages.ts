// What doors of plain pages have in common: their headers, the reader's language, and the frame around each page, with the
// name and logo of the organisation whose page it is.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Database } from '#platform/database/database.ts'
import { languageOf } from '#platform/language.ts'
import { findBrand } from '#tenancy/brand.ts'
import { contentSecurityPolicy, framed, Page, type PageBrand } from './page.ts'
import type { Texts } from './texts/en.ts'
import { TEXTS } from './texts/texts.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What is said to the reader, in their language. */
    texts: Texts
    /** Whose page it is, as soon as that is known. */
    tenantId: string | undefined
  }
}

/** Routes of the door answer with a `Page`, or with anything else as it is. */
export function servePlainPages(door: FastifyInstance, db: Database): void {
  door.decorateRequest('texts')
  door.decorateRequest('tenantId', undefined)
  door.addHook('onRequest', async (request, reply) => {
    preparePage(request, reply)
  })
  door.addHook('preSerialization', async (request, _reply, payload: unknown) => {
    if (!(payload instanceof Page)) return payload
    // A page that says that the database is away has to come without it.
    const brand = await brandOf(db, request.tenantId).catch(() => undefined)
    return framed(payload, request.texts.language, brand)
  })
}

/** To be done before a page is sent; a door of pages does it for each of its requests. */
export function preparePage(request: FastifyRequest, reply: FastifyReply): void {
  request.texts = TEXTS[languageOf(request.headers['accept-language'])]
  reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', contentSecurityPolicy)
    .header('referrer-policy', 'same-origin')
    .header('x-content-type-options', 'nosniff')
    .serializer((text) => text)
}

async function brandOf(db: Database, tenantId: string | undefined): Promise<PageBrand | undefined> {
  if (tenantId === undefined) return undefined
  const brand = await findBrand(db, tenantId)
  return brand && { name: brand.name, logo: brand.logo && `/logo/${tenantId}/${brand.logo.hash}` }
}
