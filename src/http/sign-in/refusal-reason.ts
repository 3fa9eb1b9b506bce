/**
 * Why something from outside was refused, for the log. Without a stack: strangers can cause as many refusals as they like,
 * and where our own code refused says nothing to the operator.
 */
export function refusalReason(error: unknown): { readonly reason: string; readonly code?: string } {
  const { cause = error } = (error ?? {}) as { cause?: unknown }
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  return { reason: String(message ?? cause), ...(typeof code === 'string' && { code }) }
}
