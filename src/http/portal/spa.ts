// Serves the portal's pages, which are built from web/. Every path below /admin gets the same HTML, whose script shows the
// page for the path.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { DATA_POLICY } from '../data-headers.ts'
import { contentSecurityPolicy, framed } from '../page.ts'
import { homePage } from './home-page.ts'

const BUILT = path.resolve(import.meta.dirname, '../../../dist/web')
const YEAR_MILLISECONDS = 31_536_000_000

/** Scripts and styles are our own files. Style elements that scripts create carry the nonce of this response. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export interface PagesOptions {
  /** Where they are when the checkout could not be written. */
  readonly builtOutside?: string
}

export const portalPages: FastifyPluginAsync<PagesOptions> = async (door, { builtOutside }) => {
  door.addHook('onRequest', async (_request, reply) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', DATA_POLICY) // for files; the HTML gets its own below
      .header('referrer-policy', 'same-origin')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  })
  const built = [BUILT, builtOutside].find((folder) => folder && existsSync(path.join(folder, 'index.html')))
  // Without built pages, a plain page says how to build them.
  const shell = built && readFileSync(path.join(built, 'index.html'), 'utf8')
  if (built !== undefined) {
    await door.register(fastifyStatic, {
      root: path.join(built, 'assets'),
      prefix: '/admin/assets/',
      immutable: true, // file names change with the content
      maxAge: YEAR_MILLISECONDS,
      index: false,
    })
    door.get('/admin/icon.svg', async (_request, reply) => reply.sendFile('icon.svg', built))
  }
  const send = async (_request: unknown, reply: FastifyReply) => {
    const nonce = randomBytes(16).toString('base64')
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', shell === undefined ? contentSecurityPolicy : policy(nonce))
      .send(shell?.replaceAll('{{nonce}}', nonce) ?? framed(homePage(), 'en'))
  }
  door.get('/admin', send)
  door.get('/admin/*', send)
}
