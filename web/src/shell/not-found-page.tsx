import { Anchor, Center } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { MapPinOff } from 'lucide-react'
import { useEffect } from 'react'
import { EmptyState } from '../components/empty-state.tsx'
import { useTexts } from '../texts/use-texts.tsx'

export function NotFoundPage() {
  const { common } = useTexts()
  useEffect(() => {
    document.title = `${common.notFoundTitle} · ${common.product}`
  }, [common])
  return (
    <EmptyState
      order={1}
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

/** Outside the app shell, because the visitor may not be signed in. */
export function NoSuchPage() {
  return (
    <Center component="main" mih="100vh" p="md">
      <NotFoundPage />
    </Center>
  )
}
