// A real nginx with the very file of docs/recipes, unprivileged, on ports of loopback, in a folder of its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openProxyProcess, type ProxyProcess } from './proxy-process.ts'

export const NGINX = '/usr/sbin/nginx'
const RECIPE = join(import.meta.dirname, '../../docs/recipes/nginx.conf')

/** @param gateway where Doorlist listens, in front of an application that answers with what it was told */
export function openNginx(gateway: () => string): Promise<ProxyProcess> {
  return openProxyProcess(({ folder, port, application }) => {
    const config = join(folder, 'nginx.conf')
    writeFileSync(config, frame(folder, recipe(port, new URL(gateway()).host, application)))
    return [NGINX, '-p', folder, '-c', config, '-e', 'stderr']
  })
}

/** The recipe, with our ports and tenant, and without TLS. */
function recipe(port: number, doorlist: string, application: string): string {
  return readFileSync(RECIPE, 'utf8')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace('server_name wiki.example.com;', 'server_name 127.0.0.1;')
    .replace('X-Forwarded-Host wiki.example.com;', `X-Forwarded-Host 127.0.0.1:${port};`)
    .replace(/^ *ssl_certificate.*$/gm, '')
    .replaceAll('/gateway/default/', '/gateway/acme/')
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
