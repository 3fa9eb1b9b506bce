import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useTexts } from '../texts/use-texts.tsx'

const UNDO_MILLISECONDS = 10_000

/** Tells what was done, with the way back. @returns (id of the message: a newer one takes its place, what to say, undo) */
export function useTellWithUndo(): (id: string, message: string, undo: () => void) => void {
  const { common } = useTexts()
  return (id, message, undo) => {
    const back = () => {
      notifications.hide(id)
      undo()
    }
    notifications.hide(id)
    notifications.show({
      id,
      message: (
        <Group justify="space-between">
          <span>{message}</span>
          <Button size="compact-sm" variant="default" onClick={back}>
            {common.undo}
          </Button>
        </Group>
      ),
      autoClose: UNDO_MILLISECONDS,
    })
  }
}
