import { ApiError } from './client.ts'

/** Splits the server's errors into those of known fields and the rest. */
export function formProblems(
  error: unknown,
  fields: readonly string[],
): { byField: Record<string, string>; rest: string | undefined } {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : []
  const known = errors.filter(({ field }) => fields.includes(field))
  const byField = Object.fromEntries(known.map(({ field, message }) => [field, message]))
  const isAllShown = errors.length > 0 && known.length === errors.length
  return { byField, rest: isAllShown ? undefined : error instanceof Error ? error.message : String(error) }
}
