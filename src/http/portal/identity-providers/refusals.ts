// The domain speaks of `ssoUrl`, the body of `details.ssoUrl`: what is refused is named as it stands in the body, so that
// a page can say it beside the input.
import { SharedExternalIds } from '#directory/external-ids.ts'
import { Invalid } from '#errors.ts'
import { isDetail, MissingDetails } from '#identity-providers/details/details.ts'
import { EndsLinks } from '#identity-providers/identification.ts'
import { ApiRefusal } from '../problems.ts'

/** @returns what `work` does, its refusals in the words of the body */
export async function inWordsOfBody<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw worded(error)
  }
}

function worded(error: unknown): unknown {
  if (error instanceof MissingDetails) {
    const rule = error.message.slice(error.field.length + 1)
    return new ApiRefusal(422, 'invalid', `Auto-provisioning ${rule}`, [
      { field: error.field, message: rule },
      ...error.missing.map((field) => ({
        field: `details.${field}`,
        message: 'is needed before auto-provisioning can be switched on',
      })),
    ])
  }
  if (error instanceof EndsLinks)
    return new ApiRefusal(409, 'ends-links', error.message, [
      { field: error.attribute, message: 'must be true for this change' },
    ])
  if (error instanceof SharedExternalIds)
    return new ApiRefusal(
      409,
      'shared-external-ids',
      error.message,
      [{ field: error.attribute, message: error.message }],
      { sharedExternalIds: error.shared.map(({ holders, ...one }) => ({ ...one, holders: [...holders] })) },
    )
  if (error instanceof Invalid && isDetail(error.field))
    return new Invalid(`details.${error.field}`, error.message.slice(error.field.length + 1))
  return error
}
