// Where a process listens, and with which certificate.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type Config, listenUrl } from '#config.ts'

export function readTls({ tls }: Config): { cert: string; key: string } | undefined {
  return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') }
}

/** @returns the URL, without a trailing slash */
export function listeningAt(server: FastifyInstance, config: Config): string {
  return listenUrl(config, (server.server.address() as AddressInfo).port)
}
