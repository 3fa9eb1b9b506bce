import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { ProblemAlert } from '../components/forms/problem-alert.tsx'
import { useTexts } from '../texts/use-texts.tsx'

interface SignOutDialogProps {
  readonly opened: boolean
  /** Why sign-out failed; null while retrying. */
  readonly error: Error | null
  readonly isBusy: boolean
  readonly onRetry: () => void
  readonly onClose: () => void
}

/** Says that sign-out failed and the session is still active. */
export function SignOutDialog({ opened, error, isBusy, onRetry, onClose }: SignOutDialogProps) {
  const { common } = useTexts()
  return (
    <Modal opened={opened} onClose={onClose} title={common.stillSignedIn} centered>
      <Stack>
        <Text size="sm">{common.stillSignedInText}</Text>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.staySignedIn}
          </Button>
          <Button loading={isBusy} onClick={onRetry} data-autofocus>
            {common.retry}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
