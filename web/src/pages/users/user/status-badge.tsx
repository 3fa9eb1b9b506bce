import { Badge } from '@mantine/core'
import type { UserStatus } from '../../../../../src/http/portal/users/contract.ts'
import { useTexts } from '../../../texts/use-texts.tsx'

const COLORS: Record<UserStatus, string> = {
  active: 'teal.9',
  inactive: 'gray.7',
  disabled: 'red.9',
  deleted: 'dark.5',
}

export function StatusBadge({ status }: { readonly status: UserStatus }) {
  const { users } = useTexts()
  return (
    <Badge color={COLORS[status]} radius="sm" c="white" style={{ flexShrink: 0 }}>
      {users.statuses[status]}
    </Badge>
  )
}
