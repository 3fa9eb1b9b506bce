// The address and the certificate with which a process listens.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type Config, listenUrl } from '#config.ts'

export function readTls({ tls }: Config): { cert: string; key: string } | undefined {
  return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') }
}

/** Returns the URL at which the server listens, without a trailing slash. */
export function listeningAt(server: FastifyInstance, config: Config): string {
  return listenUrl(config, (server.server.address() as AddressInfo).port)
}
