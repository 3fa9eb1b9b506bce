import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { MapPinOff } from 'lucide-react'
import { EmptyState } from '../components/empty-state.tsx'
import { useTexts } from '../texts/use-texts.tsx'

export function NotFoundPage() {
  const { common } = useTexts()
  return (
    <EmptyState
      icon={MapPinOff}
      title={common.notFoundTitle}
      text={common.notFoundText}
      action={
        <Anchor component={Link} to="/">
          {common.backToOverview}
        </Anchor>
      }
    />
  )
}
