import { createHash } from 'node:crypto'

export interface GatewayPlace {
  readonly hostName: string
  readonly dataDir: string
  readonly host: string
  readonly port: number
}

/**
 * The name of a process when it was given none: its machine, and a short mark of where it runs there. It is the same after
 * the process was started again, so that a window of absence ends.
 */
export function gatewayName({ hostName, dataDir, host, port }: GatewayPlace): string {
  const mark = createHash('sha256')
    .update(JSON.stringify([dataDir, host, port]))
    .digest('hex')
    .slice(0, 4)
  return `${hostName.split('.')[0]?.slice(0, 60) || 'gateway'}-${mark}`
}
