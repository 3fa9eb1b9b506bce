import type { ErrorComponentProps } from '@tanstack/react-router'
import { ProblemAlert } from '../components/forms/problem-alert.tsx'

/** Shown when a page fails to render. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  return <ProblemAlert error={error} onRetry={reset} />
}
