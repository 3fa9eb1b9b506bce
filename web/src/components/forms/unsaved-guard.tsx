import { Button, Group, Modal, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTexts } from '../../texts/use-texts.tsx'

/** Asks before the user leaves a page with unsaved changes, by a link or by closing the window. */
export function UnsavedGuard({ isDirty }: { readonly isDirty: boolean }) {
  const { common } = useTexts()
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => isDirty,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={common.unsavedTitle} centered>
      <Text>{common.unsavedText}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={() => reset?.()}>
          {common.stay}
        </Button>
        <Button color="red.9" onClick={() => proceed?.()}>
          {common.leave}
        </Button>
      </Group>
    </Modal>
  )
}
