import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link, useNavigate } from '@tanstack/react-router'
import { Ban, CircleCheck, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { User } from '../../../../../src/http/portal/users/contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { MainButton } from '../../../components/main-button.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { RestoreButton } from '../list/restore-button.tsx'
import { useRefreshUsers } from '../queries.ts'
import { useHoldChange } from './access-switch.tsx'

/** Menu of an administrator's actions on a user. */
export function UserActions({ user }: { readonly user: User }) {
  const { common, users } = useTexts()
  const { detail: texts } = users
  const [asking, setAsking] = useState<'disable' | 'delete'>()
  const hold = useHoldChange(user)
  const remove = useRemove(user)
  const isDeleted = user.status === 'deleted'
  return (
    <>
      {user.disabledAt ? (
        <Button
          variant="default"
          leftSection={<CircleCheck size={16} aria-hidden />}
          loading={hold.isPending}
          onClick={() => hold.mutate('enable')}
        >
          {texts.enable}
        </Button>
      ) : (
        !isDeleted && (
          <Button
            variant="default"
            leftSection={<Ban size={16} aria-hidden />}
            onClick={() => setAsking('disable')}
          >
            {texts.disable}
          </Button>
        )
      )}
      {isDeleted && <RestoreButton user={user} path={`/users/${user.id}/restore`} text={texts.restoreText} />}
      {!isDeleted && (
        <Button
          variant="default"
          leftSection={<Trash2 size={16} aria-hidden />}
          onClick={() => setAsking('delete')}
        >
          {texts.delete}
        </Button>
      )}
      {user.isEditable && (
        <MainButton
          component={Link}
          to={`/users/${user.id}/edit`}
          leftSection={<Pencil size={16} aria-hidden />}
        >
          {common.edit}
        </MainButton>
      )}
      <ConfirmDialog
        opened={asking === 'disable'}
        onClose={() => setAsking(undefined)}
        title={texts.disableTitle(user.userName)}
        action={texts.disable}
        onConfirm={() => hold.mutateAsync('disable')}
      >
        {texts.disableText}
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === 'delete'}
        onClose={() => setAsking(undefined)}
        title={texts.deleteTitle(user.userName)}
        action={texts.delete}
        nameToType={user.userName}
        onConfirm={remove}
      >
        {user.isEditable ? texts.deleteLocalText : texts.deleteText(user.identityProvider.name)}
      </ConfirmDialog>
    </>
  )
}

/** A deleted local user has no page any more; one from an identity provider does. */
function useRemove({ id, userName, isEditable }: User): () => Promise<void> {
  const { users } = useTexts()
  const navigate = useNavigate()
  const refresh = useRefreshUsers()
  return async () => {
    await api.delete(`/users/${id}`)
    notifications.show({ message: users.detail.deleted(userName) })
    if (isEditable) await navigate({ to: '/users' })
    refresh()
  }
}
