// A name server that knows TXT records, over UDP, as a test sets them (RFC 1035 §4).
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

export interface DnsServer {
  /** Address and port. */
  readonly address: string
  /** By name, in lower case. */
  readonly records: Map<string, readonly string[]>
  /** What it answers with instead: `SERVFAIL`, or nothing at all. */
  mood: 'well' | 'failing' | 'silent'
  close(): Promise<void>
}

const HEADER_BYTES = 12
const TXT = 16
const NXDOMAIN = 3
const SERVFAIL = 2

export async function openDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const server: DnsServer = {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    records: new Map(),
    mood: 'well',
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
  socket.on('message', (query, { port, address }) => {
    if (server.mood !== 'silent') socket.send(answer(server, query), port, address)
  })
  return server
}

function answer({ records, mood }: DnsServer, query: Buffer): Buffer {
  const { name, end } = questionOf(query)
  const texts = mood === 'failing' ? undefined : records.get(name.toLowerCase())
  const code = mood === 'failing' ? SERVFAIL : texts ? 0 : NXDOMAIN
  const head = Buffer.from(query.subarray(0, HEADER_BYTES))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(texts?.length ?? 0, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, query.subarray(HEADER_BYTES, end), ...(texts ?? []).map(txtRecord)])
}

function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 5 }
}

/** Long texts are sent in parts of 255 bytes. */
function txtRecord(text: string): Buffer {
  const bytes = Buffer.from(text)
  const parts = Array.from({ length: Math.ceil(bytes.length / 255) || 1 }, (_, i) =>
    bytes.subarray(i * 255, i * 255 + 255),
  )
  const data = Buffer.concat(parts.flatMap((part) => [Buffer.from([part.length]), part]))
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0) // the name of the question
  head.writeUInt16BE(TXT, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(60, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}
