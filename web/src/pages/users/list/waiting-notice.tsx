import { Alert, Group } from '@mantine/core'
import { UserCheck } from 'lucide-react'
import { PlaceLink } from '../../../components/place-link.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'

/** Links to the users who are pending activation; renders nothing when there are none. */
export function WaitingNotice({ count }: { readonly count: number | undefined }) {
  const { waiting } = useTexts().users
  if (!count) return null
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<UserCheck size={18} />}
      mb="md"
      styles={{ message: { color: 'var(--mantine-color-text)' } }}
    >
      <Group gap="xs">
        <span>{waiting.count(count)}</span>
        <PlaceLink to="/users/waiting">{waiting.see}</PlaceLink>
      </Group>
    </Alert>
  )
}
