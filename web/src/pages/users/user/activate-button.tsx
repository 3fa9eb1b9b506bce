import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { UserCheck } from 'lucide-react'
import { api } from '../../../api/client.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useRefreshUsers } from '../queries.ts'

interface ActivateButtonProps {
  readonly user: { readonly id: string; readonly userName: string }
}

/** Activates a user who has enrolled. */
export function ActivateButton({ user: { id, userName } }: ActivateButtonProps) {
  const { users, common } = useTexts()
  const refresh = useRefreshUsers()
  const activate = useMutation({
    mutationFn: () => api.post(`/users/${id}/activate`),
    onSuccess: () => notifications.show({ message: users.waiting.activated(userName) }),
    onError: (error) => notifications.show({ color: 'red.9', title: common.failed, message: error.message }),
    onSettled: refresh,
  })
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<UserCheck size={16} aria-hidden />}
      loading={activate.isPending}
      aria-label={users.waiting.activateOne(userName)}
      onClick={() => activate.mutate()}
    >
      {users.waiting.activate}
    </Button>
  )
}
