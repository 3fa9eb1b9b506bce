import { Button, Group, Stack, Text } from '@mantine/core'
import { Undo2 } from 'lucide-react'
import { SaveProblem } from '../../components/forms/save-problem.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

interface SaveBarProps {
  readonly isDirty: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly onDiscard: () => void
  /** Loads the newer version after an edit conflict. */
  readonly onReload: () => void
}

/** Says what saving will do and, after a failure, why it failed and what to do. */
export function SaveBar({ isDirty, isPending, error, onDiscard, onReload }: SaveBarProps) {
  const { mapping: t, common } = useTexts()
  return (
    <Stack gap="sm">
      <SaveProblem error={error} onReload={onReload} />
      <Text size="sm" c="dimmed">
        {t.consequence}
      </Text>
      <Group>
        <MainButton type="submit" loading={isPending} disabled={!isDirty}>
          {common.save}
        </MainButton>
        <Button
          variant="default"
          disabled={!isDirty}
          leftSection={<Undo2 size={16} aria-hidden />}
          onClick={onDiscard}
        >
          {t.discard}
        </Button>
      </Group>
    </Stack>
  )
}
