// What the doors with plain pages share: response headers, the language of the reader, and the HTML around each page with
// the name and logo of the tenant.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Database } from '#platform/database/database.ts'
import { languageOf } from '#platform/language.ts'
import { findBrand } from '#tenancy/brand.ts'
import { contentSecurityPolicy, framed, Page, type PageBrand } from './page.ts'
import type { Texts } from './texts/en.ts'
import { TEXTS } from './texts/texts.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The sentences of the pages in the language of the reader. */
    texts: Texts
    /** The tenant whose name and logo the page shows, as soon as it is known. */
    tenantId: string | undefined
  }
}

/** Prepares a door whose handlers return a `Page`. Anything else they return is sent unchanged. */
export function servePlainPages(door: FastifyInstance, db: Database): void {
  door.decorateRequest('texts')
  door.decorateRequest('tenantId', undefined)
  door.addHook('onRequest', async (request, reply) => {
    preparePage(request, reply)
  })
  door.addHook('preSerialization', async (request, _reply, payload: unknown) => {
    if (!(payload instanceof Page)) return payload
    // The page may be the one that reports an unavailable database, so it must not depend on the database.
    const brand = await brandOf(db, request.tenantId).catch(() => undefined)
    return framed(payload, request.texts.language, brand)
  })
}

/** Sets the language and the headers of a page. `servePlainPages` does it for every request of its door. */
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
