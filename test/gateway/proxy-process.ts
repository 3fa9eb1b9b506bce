// What stands behind a proxy in a test, and what starts the proxy itself: an application that answers with what it was told, also
// over a WebSocket, and a process of the machine with a configuration of its own, on ports of loopback.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ProxyProcess {
  /** Of the application. */
  readonly origin: string
  close(): Promise<void>
}

/** Where a proxy listens and what it stands in front of: host and port. */
export interface Places {
  /** For files of its own; gone afterwards. */
  readonly folder: string
  readonly port: number
  readonly application: string
}

/** @param command what to run, after it has written its configuration */
export async function openProxyProcess(
  command: (places: Places) => readonly [program: string, ...args: string[]],
): Promise<ProxyProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-proxy-'))
  const application = await openEcho()
  const port = await freePort()
  const { port: applicationPort } = application.address() as AddressInfo
  const [program, ...args] = command({ folder, port, application: `127.0.0.1:${applicationPort}` })
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const proxy = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
  let said = ''
  proxy.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4_000)
  })
  await listening(port, proxy, () => said)
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const gone = once(proxy, 'exit')
      proxy.kill('SIGTERM')
      await gone
      application.closeAllConnections()
      await new Promise((resolve) => application.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
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
  server.on('upgrade', (incoming: IncomingMessage, socket) => {
    const told = JSON.stringify({ url: incoming.url, headers: pairs(incoming.rawHeaders) })
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    socket.end(`${told}\n`)
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

async function listening(port: number, proxy: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (proxy.exitCode !== null) throw new Error(`the proxy ended: ${said()}`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await sleep(25)
  }
  throw new Error(`the proxy does not listen: ${said()}`)
}
