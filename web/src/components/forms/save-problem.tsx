import { Alert, Button, Group } from '@mantine/core'
import { ApiError } from '../../api/client.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface SaveProblemProps {
  readonly error: unknown
  /** Loads what somebody else saved meanwhile, in the place of what is being edited. */
  readonly onReload: (() => void) | undefined
}

/** Why saving did not work. Where somebody else was quicker, the way on is to look at what they did. */
export function SaveProblem({ error, onReload }: SaveProblemProps) {
  const { common } = useTexts()
  if (!(error instanceof ApiError) || error.code !== 'stale') return <ProblemAlert error={error} />
  return (
    <Alert role="alert" color="red" variant="light" title={common.staleTitle}>
      <Group justify="space-between">
        <span>{`${error.message}. ${common.staleText}`}</span>
        <Button size="xs" variant="default" onClick={onReload}>
          {common.reload}
        </Button>
      </Group>
    </Alert>
  )
}
