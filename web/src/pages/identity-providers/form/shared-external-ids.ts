import { ApiError } from '../../../api/client.ts'
import type { Texts } from '../../../texts/en.ts'

/** Returns the reasons beside the fields; where users share an externalId, with the list of them in the language of the page. */
export function withSharedExternalIds(
  reason: unknown,
  byField: Record<string, string>,
  texts: Texts['identityProviders'],
): Record<string, string> {
  const shared = reason instanceof ApiError ? reason.problem.sharedExternalIds : undefined
  if (!shared) return byField
  const list = shared.map(({ type, externalId, holders }) =>
    texts.sharedExternalId(
      type,
      externalId,
      holders.map(({ name }) => name),
    ),
  )
  const message = texts.sharedExternalIds(list)
  return Object.fromEntries(Object.keys(byField).map((field) => [field, message]))
}
