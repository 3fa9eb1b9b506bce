/**
 * Returns why a message from outside was refused, for the log. Without a stack: strangers can cause any number of refusals, and
 * it would tell the operator nothing.
 */
export function refusalReason(error: unknown): { readonly reason: string; readonly code?: string } {
  const { cause = error } = (error ?? {}) as { cause?: unknown }
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  return { reason: String(message ?? cause), ...(typeof code === 'string' && { code }) }
}
