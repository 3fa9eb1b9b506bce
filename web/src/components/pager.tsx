import { Button, Group, Text } from '@mantine/core'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTexts } from '../texts/use-texts.tsx'

interface PagerProps {
  /** The cursor of this page; undefined on the first page. */
  readonly after: string | undefined
  readonly next: string | null | undefined
  readonly total?: number | undefined
  readonly onPage: (after: string | undefined) => void
}

/**
 * Cursor pagination: next page, and back to the first. Each page has its own URL, so the browser's Back button
 * returns to the previous one.
 */
export function Pager({ after, next, total, onPage }: PagerProps) {
  const { common } = useTexts()
  return (
    <Group justify="space-between" mt="sm" mih={36}>
      <Text size="sm" c="dimmed" role="status">
        {total === undefined ? '' : common.total(total)}
      </Text>
      <Group gap="xs">
        {after !== undefined && (
          <Button
            variant="default"
            size="xs"
            leftSection={<ChevronLeft size={14} />}
            onClick={() => onPage(undefined)}
          >
            {common.firstPage}
          </Button>
        )}
        {next && (
          <Button
            variant="default"
            size="xs"
            rightSection={<ChevronRight size={14} />}
            onClick={() => onPage(next)}
          >
            {common.nextPage}
          </Button>
        )}
      </Group>
    </Group>
  )
}
