import type { ErrorComponentProps } from '@tanstack/react-router'
import { ProblemAlert } from '../components/forms/problem-alert.tsx'

/** What a page says that could not be shown at all. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  return <ProblemAlert error={error} onRetry={reset} />
}
