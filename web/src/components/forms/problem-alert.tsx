import { Alert, Button, Code, Group } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { ApiError } from '../../api/client.ts'
import { useTexts } from '../../texts/use-texts.tsx'

/** Shows the server's error next to the action that failed. */
export function ProblemAlert({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { common } = useTexts()
  if (!error) return null
  const text =
    error instanceof ApiError && error.code === 'offline'
      ? common.offline
      : error instanceof Error
        ? error.message
        : String(error)
  const requestId = error instanceof ApiError && error.status >= 500 ? error.problem.requestId : undefined
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      title={common.failed}
      icon={<TriangleAlert size={18} />}
      mb="md"
    >
      <Group justify="space-between">
        <span>
          {text} {requestId && <Code>{requestId}</Code>}
        </span>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {common.retry}
          </Button>
        )}
      </Group>
    </Alert>
  )
}
