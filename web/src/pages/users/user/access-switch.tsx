import { Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { User, UserSummary } from '../../../../../src/http/portal/users/contract.ts'
import { api } from '../../../api/client.ts'
import { useNotifyWithUndo } from '../../../components/notify-with-undo.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useRefreshUsers } from '../queries.ts'

/** Switch that enables or disables a user. The notification offers Undo. */
export function AccessSwitch({ user }: { readonly user: UserSummary }) {
  const { users } = useTexts()
  const change = useHoldChange(user)
  return (
    <Switch
      aria-label={users.letIn(user.userName)}
      checked={user.disabledAt === null && user.status !== 'deleted'}
      disabled={user.status === 'deleted' || change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.checked ? 'enable' : 'disable')}
    />
  )
}

export function useHoldChange({ id, userName }: Pick<UserSummary, 'id' | 'userName'>) {
  const { users, common } = useTexts()
  const refresh = useRefreshUsers()
  const notify = useNotifyWithUndo()
  const change = useMutation({
    mutationFn: (action: 'enable' | 'disable') => api.post<User>(`/users/${id}/${action}`),
    onSuccess: (_, action) => {
      const back = action === 'enable' ? 'disable' : 'enable'
      const message = action === 'enable' ? users.enabled(userName) : users.disabled(userName)
      notify(id, message, () => change.mutate(back))
    },
    onError: (error) => notifications.show({ color: 'red.9', title: common.failed, message: error.message }),
    onSettled: refresh,
  })
  return change
}
