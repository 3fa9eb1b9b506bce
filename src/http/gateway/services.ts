import type { GatewayKeys } from '#access/gateway-keys.ts'
import type { Activity } from '#logs/activity.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** What the gateway door is given when it opens (`service/doors.ts`). */
export interface GatewayOptions {
  readonly db: Database
  readonly seal: Seal
  readonly clock: Clock
  /** How the service is reached, without a trailing slash. */
  readonly publicUrl: () => string
  readonly activity: Activity
  /** Addresses and networks of the proxies whose requests are answered. */
  readonly trustedProxies: readonly string[]
}

/** What every handler of the door gets. */
export interface GatewayServices extends GatewayOptions {
  readonly keys: GatewayKeys
  readonly proxies: TrustedProxies
}
