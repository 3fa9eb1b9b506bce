// `#identity-providers` names a setting by its own name (`ssoUrl`); in the body of a request it is `details.ssoUrl`. Errors
// name the field as it is in the body, so that the form can show them beside the input.
import { SharedExternalIds } from '#directory/external-ids.ts'
import { Invalid } from '#errors.ts'
import { isDetail, MissingDetails } from '#identity-providers/details/details.ts'
import { EndsLinks } from '#identity-providers/identification.ts'
import { ApiRefusal } from '../problems.ts'

/** Runs `work`; its errors name fields as they are in the body of the request. */
export async function withBodyFields<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw withBodyField(error)
  }
}

function withBodyField(error: unknown): unknown {
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
