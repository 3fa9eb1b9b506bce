// A proxy that asks the gateway before it lets a request through, as Traefik and Caddy do, in front of an application that
// answers with what it was told.
import { createServer, type IncomingHttpHeaders, request as open, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestProxy {
  /** Origin of the application. */
  readonly origin: string
  close(): Promise<void>
}

const IDENTITY = /^remote[-_](user|email|name|groups|token)$/i

/**
 * @param gateway where Doorlist listens
 * @param tenant short name of the tenant that the proxy's configuration names; undefined: it names none
 */
export async function openProxy(
  gateway: () => string,
  tenant: () => string | undefined = () => undefined,
): Promise<TestProxy> {
  const server: Server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming
    const forwarded = {
      cookie: headers.cookie ?? '',
      accept: headers.accept ?? '*/*',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': headers.host ?? '',
      'x-forwarded-uri': url,
      'x-forwarded-method': method,
    }
    const isOurs = url.startsWith('/.doorlist/')
    const slug = tenant()
    const prefix = slug === undefined ? '' : `/gateway/${slug}`
    const path = isOurs ? prefix + url : `${prefix || '/gateway'}/verify`
    ask(gateway(), path, forwarded).then(
      (answer) => {
        if (isOurs || answer.status !== 200) {
          outgoing.writeHead(answer.status, passedOn(answer.headers))
          return outgoing.end(answer.text)
        }
        // The application sees what the gateway says, and nothing of the kind that the browser says.
        const told = Object.entries(answer.headers).filter(([name]) => IDENTITY.test(name))
        const rest = Object.entries(headers).filter(([name]) => !IDENTITY.test(name))
        outgoing.writeHead(200, { 'content-type': 'application/json' })
        return outgoing.end(JSON.stringify(Object.fromEntries([...rest, ...told])))
      },
      () => outgoing.writeHead(502).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function passedOn({ location, ...headers }: IncomingHttpHeaders) {
  const kept = { 'set-cookie': headers['set-cookie'], 'content-type': headers['content-type'], location }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
}

function ask(
  origin: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = open(origin + path, { headers, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
