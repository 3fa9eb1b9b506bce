import { Button } from '@mantine/core'
import { SearchX } from 'lucide-react'
import { useTexts } from '../texts/use-texts.tsx'
import { EmptyState } from './empty-state.tsx'

interface NothingFoundProps {
  readonly title: string
  readonly text: string
  readonly onClear: () => void
}

/** Shown when rows exist but none match the filters. */
export function NothingFound({ title, text, onClear }: NothingFoundProps) {
  const { common } = useTexts()
  return (
    <EmptyState
      icon={SearchX}
      title={title}
      text={text}
      action={
        <Button variant="default" onClick={onClear}>
          {common.clearFilters}
        </Button>
      }
    />
  )
}
