import type { FastifyRequest } from 'fastify'
import { isUuid } from '#directory/uuid.ts'
import { Refused } from '#errors.ts'
import { formField } from '../form.ts'

const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/** Returns the id of the enrollment or passkey ceremony that a form continues. An invalid one becomes an id that doesn't exist. */
export function formEnrollmentId(request: FastifyRequest): string {
  const id = formField(request, 'id')
  return isUuid(id) ? id : NIL_UUID
}

/** Returns the passkey's answer, as JSON. @throws {Refused} the browser sent none */
export function formCredential(request: FastifyRequest): object {
  const credential = parseObject(formField(request, 'credential'))
  if (!credential) throw new Refused(request.texts.factor.noPasskeySent)
  return credential
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
