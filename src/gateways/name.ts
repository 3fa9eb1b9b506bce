import { createHash } from 'node:crypto'

export interface GatewayPlace {
  readonly hostName: string
  readonly dataDir: string
  readonly host: string
  readonly port: number
}

/**
 * Returns the default name of a process: its machine, and four characters for where it runs on it. The name is the same after
 * a restart, so that an outage ends.
 */
export function gatewayName({ hostName, dataDir, host, port }: GatewayPlace): string {
  const mark = createHash('sha256')
    .update(JSON.stringify([dataDir, host, port]))
    .digest('hex')
    .slice(0, 4)
  return `${hostName.split('.')[0]?.slice(0, 60) || 'gateway'}-${mark}`
}
