import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useTexts } from '../texts/use-texts.tsx'

const UNDO_MILLISECONDS = 10_000

/**
 * Shows a notification with an Undo button. @returns a function of (notification id, which a newer message
 * replaces; text; undo)
 */
export function useNotifyWithUndo(): (id: string, message: string, undo: () => void) => void {
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
