import type { Config } from '#config.ts'
import type { Provided } from '#identity-providers/identity-providers.ts'
import { scimEndpoint } from './house.ts'
import { note, printJson, printLine, printPairs } from './print.ts'

/** The form that scripts rely on: `{"id","name","type","scim":{"endpoint","key","secret","token"}}`. */
function providedJson(config: Config, { provider, credentials }: Provided) {
  const { id, name, type } = provider
  if (!credentials) return { id, name, type }
  const { key, secret, token } = credentials
  return { id, name, type, scim: { endpoint: scimEndpoint(config, id), key, secret, token } }
}

/** The one time that secret and token are shown. */
export function printProvided(config: Config, provided: Provided, json: true | undefined): void {
  const answer = providedJson(config, provided)
  if (json) printJson(answer)
  else printAnswer(answer)
}

function printAnswer({ scim, ...provider }: ReturnType<typeof providedJson>): void {
  printPairs(provider)
  if (!scim) return
  printLine('')
  printPairs(scim)
  note('\nSecret and token are shown this once; only their digests are kept.')
}
