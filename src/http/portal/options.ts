import type { ApiKeyUse } from '#administrators/api-keys/api-key-use.ts'
import type { Activity } from '#logs/activity.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import type { Dns } from '#platform/network/dns.ts'
import type { GuardedFetch } from '#platform/network/fetch.ts'
import type { Mailer } from '#platform/network/mail.ts'

/** What the portal's API needs from the service; `service/doors.ts` creates it once per process. */
export interface PortalOptions {
  /** Path prefix of the API. The door uses it; routes don't need it. */
  readonly prefix?: string
  readonly db: Database
  /** Fetches URLs that administrators enter. */
  readonly fetch: GuardedFetch
  /** Looks up the TXT records that verify email domains. */
  readonly dns: Dns
  readonly seal: Seal
  readonly clock: Clock
  /** Returns the public URL of the service, without a trailing slash. */
  readonly publicUrl: () => string
  /** Undefined when SMTP isn't configured. */
  readonly mailer: Mailer | undefined
  readonly apiKeyUse: ApiKeyUse
  /** Records sign-in and sign-out in the activity log. */
  readonly activity: Activity
  /** How many days single SCIM requests are kept. */
  readonly requestLogDays: number
  /** How many days a user deleted by the identity provider can be restored. */
  readonly deletedUserDays: number
}
