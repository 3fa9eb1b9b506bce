import type { Config } from '#config.ts'
import { issuedResponse } from '#identity-providers/credentials/issued.ts'
import type { Provided } from '#identity-providers/identity-providers.ts'
import { note, printJson, printLine, printPairs } from '../print.ts'
import { scimEndpoint } from '../service/context.ts'

/** Prints secret and token, the only time that they are shown. */
export function printProvided(config: Config, provided: Provided, json: true | undefined): void {
  const answer = issuedResponse(provided, scimEndpoint(config, provided.provider.id))
  if (json) printJson(answer)
  else printAnswer(answer)
}

function printAnswer({ scim, ...provider }: ReturnType<typeof issuedResponse>): void {
  printPairs(provider)
  if (!scim) return
  printLine('')
  printPairs(scim)
  note("\nCopy the secret and the token now. They can't be shown again.")
}
