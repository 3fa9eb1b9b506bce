import type { Dialect } from './dialect.ts'
import { entra, entraFlag } from './dialects/entra.ts'
import { google } from './dialects/google.ts'
import { jumpcloud } from './dialects/jumpcloud.ts'
import { okta, oktaOin } from './dialects/okta.ts'
import { onelogin } from './dialects/onelogin.ts'
import { pingfederate, pingone } from './dialects/ping.ts'

/** Every identity provider that can be simulated, in the order of the help text. */
export const DIALECTS: readonly Dialect[] = [
  entra,
  entraFlag,
  okta,
  oktaOin,
  onelogin,
  jumpcloud,
  pingone,
  pingfederate,
  google,
]

export function findDialect(name: string): Dialect | undefined {
  return DIALECTS.find((dialect) => dialect.name === name)
}
