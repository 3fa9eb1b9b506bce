import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import type { User } from '../../../../../src/http/portal/users/contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useRefreshUsers } from '../queries.ts'

interface RestoreButtonProps {
  readonly user: { readonly userName: string }
  /** API path to POST to, without a body. */
  readonly path: string
  /** What is restored and what isn't. */
  readonly text: string
}

/** Button and confirmation for restoring a deleted user. */
export function RestoreButton({ user: { userName }, path, text }: RestoreButtonProps) {
  const { detail } = useTexts().users
  const [isAsking, setAsking] = useState(false)
  const refresh = useRefreshUsers()
  const restore = async () => {
    await api.post<User>(path)
    notifications.show({ message: detail.restored(userName) })
    refresh()
  }
  return (
    <>
      <Button
        variant="default"
        leftSection={<RotateCcw size={16} aria-hidden />}
        aria-label={detail.restoreOne(userName)}
        onClick={() => setAsking(true)}
      >
        {detail.restore}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={detail.restoreTitle(userName)}
        action={detail.restore}
        isDestructive={false}
        onConfirm={restore}
      >
        {text}
      </ConfirmDialog>
    </>
  )
}
