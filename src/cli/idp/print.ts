import type { Config } from '#config.ts'
import { tellProvided } from '#identity-providers/credentials/issued.ts'
import type { Provided } from '#identity-providers/identity-providers.ts'
import { note, printJson, printLine, printPairs } from '../print.ts'
import { scimEndpoint } from '../service/house.ts'

/** The one time that secret and token are shown. */
export function printProvided(config: Config, provided: Provided, json: true | undefined): void {
  const answer = tellProvided(provided, scimEndpoint(config, provided.provider.id))
  if (json) printJson(answer)
  else printAnswer(answer)
}

function printAnswer({ scim, ...provider }: ReturnType<typeof tellProvided>): void {
  printPairs(provider)
  if (!scim) return
  printLine('')
  printPairs(scim)
  note('\nSecret and token are shown this once; only their digests are kept.')
}
