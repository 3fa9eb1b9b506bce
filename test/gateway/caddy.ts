// A real Caddy with the very file of docs/recipes, unprivileged, on ports of loopback, in a folder of its own.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openProxyProcess, type ProxyProcess } from './proxy-process.ts'

export const CADDY = '/usr/bin/caddy'
const RECIPE = join(import.meta.dirname, '../../docs/recipes/Caddyfile')

/** @param gateway where Doorlist listens, in front of an application that answers with what it was told */
export function openCaddy(gateway: () => string): Promise<ProxyProcess> {
  return openProxyProcess(({ folder, port, application }) => {
    const config = join(folder, 'Caddyfile')
    writeFileSync(config, `{\n\tadmin off\n}\n${recipe(port, new URL(gateway()).host, application)}`)
    return [CADDY, 'run', '--config', config, '--adapter', 'caddyfile']
  })
}

/** The recipe, with our ports and tenant, and without TLS. */
function recipe(port: number, doorlist: string, application: string): string {
  return readFileSync(RECIPE, 'utf8')
    .replace(/^wiki\.example\.com \{/m, `http://127.0.0.1:${port} {`)
    .replaceAll('/gateway/default', '/gateway/acme')
    .replaceAll('127.0.0.1:8080', doorlist)
    .replaceAll('127.0.0.1:3000', application)
}
