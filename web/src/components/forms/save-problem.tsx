import { Alert, Button, Group } from '@mantine/core'
import { ApiError } from '../../api/client.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface SaveProblemProps {
  readonly error: unknown
  /** Discards the edits and loads the version that someone else saved. */
  readonly onReload: (() => void) | undefined
}

/** Shows why saving failed. After an edit conflict it offers to load the newer version. */
export function SaveProblem({ error, onReload }: SaveProblemProps) {
  const { common } = useTexts()
  if (!(error instanceof ApiError) || error.status !== 412) return <ProblemAlert error={error} />
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
