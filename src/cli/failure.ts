import { databaseError } from '#platform/database/errors.ts'

/** Says in one line why a command failed. */
export function failureLine(error: unknown): string {
  const known = databaseError(error)
  const message = known instanceof Error ? `${known.message}${reasonOf(known)}` : String(known)
  return `doorlist: ${message.replaceAll(/:\s*\n\s*/g, ': ').replaceAll(/\s*\n\s*/g, '; ')}`
}

/** The database's own words, which the operator (unlike a caller from outside) may read. */
function reasonOf({ cause }: Error): string {
  if (cause instanceof AggregateError) return `: ${cause.errors.map(String).join(', ')}`
  return cause instanceof Error && cause.message ? `: ${cause.message}` : ''
}
