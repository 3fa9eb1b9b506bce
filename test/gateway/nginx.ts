// A real nginx with the very file of docs/recipes, unprivileged, on ports of loopback, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const NGINX = '/usr/sbin/nginx'
const RECIPE = join(import.meta.dirname, '../../docs/recipes/nginx.conf')

export interface TestNginx {
  /** Of the application. */
  readonly origin: string
  close(): Promise<void>
}

/** @param gateway where Doorlist listens, in front of an application that answers with what it was told */
export async function openNginx(gateway: () => string): Promise<TestNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-nginx-'))
  const application = await openEcho()
  const port = await freePort()
  const { port: applicationPort } = application.address() as AddressInfo
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, frame(folder, recipe(port, new URL(gateway()).host, `127.0.0.1:${applicationPort}`)))
  const nginx = spawn(NGINX, ['-p', folder, '-c', config, '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await listening(port, nginx, folder)
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const gone = once(nginx, 'exit')
      nginx.kill('SIGTERM')
      await gone
      application.closeAllConnections()
      await new Promise((resolve) => application.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The recipe, with our ports and without TLS. */
function recipe(port: number, doorlist: string, application: string): string {
  return readFileSync(RECIPE, 'utf8')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace('server_name wiki.example.com;', 'server_name 127.0.0.1;')
    .replace('X-Forwarded-Host wiki.example.com;', `X-Forwarded-Host 127.0.0.1:${port};`)
    .replace(/^ *ssl_certificate.*$/gm, '')
    .replace('server 127.0.0.1:8080;', `server ${doorlist};`)
    .replace('server 127.0.0.1:3000;', `server ${application};`)
}

function frame(folder: string, server: string): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(folder, name))
    return `${name}_temp_path ${join(folder, name)};`
  })
  return `daemon off; master_process off; worker_processes 1; pid ${join(folder, 'pid')};
events { worker_connections 256; }
http { access_log off; ${places.join(' ')}
${server}}
`
}

async function openEcho(): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, rawHeaders } = incoming
    let body = ''
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    incoming.on('end', () => {
      const status = Number(new URL(url ?? '/', 'http://echo.invalid').searchParams.get('status') ?? 200)
      outgoing.writeHead(status, { 'content-type': 'application/json' })
      outgoing.end(
        JSON.stringify({ method, url, headers: pairs(rawHeaders), body, canary: 'UPSTREAM-CANARY' }),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function pairs(raw: readonly string[]): [name: string, value: string][] {
  return raw.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? ''] as [string, string]] : [],
  )
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number, nginx: ChildProcess, folder: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (nginx.exitCode !== null)
      throw new Error(`nginx ended: ${readFileSync(join(folder, 'error.log'), 'utf8')}`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await sleep(25)
  }
  throw new Error('nginx does not listen')
}
