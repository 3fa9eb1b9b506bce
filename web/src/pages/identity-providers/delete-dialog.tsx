import { Loader, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { deletionQuery, type IdentityProvider, PROVIDERS_KEY } from './queries.ts'

interface DeleteDialogProps {
  readonly provider: IdentityProvider
  readonly opened: boolean
  readonly onClose: () => void
}

export function DeleteDialog({ provider: { id, name }, opened, onClose }: DeleteDialogProps) {
  const { identityProviders: t, common } = useTexts()
  const queries = useQueryClient()
  const { data: loss } = useQuery(deletionQuery(id, opened))
  const remove = async () => {
    await api.delete(`/identity-providers/${id}`, { name })
    notifications.show({ message: t.deleted(name) })
    await queries.invalidateQueries({ queryKey: PROVIDERS_KEY, exact: true })
  }
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t.deleteTitle(name)}
      action={t.deleteAction(name)}
      nameToType={name}
      onConfirm={remove}
    >
      <Stack gap="xs">
        <Text component="div">
          {loss ? (
            t.deleteText(loss.users, loss.groups, loss.credentials)
          ) : (
            <Loader size="sm" aria-label={common.loading} />
          )}
        </Text>
        <Text>{t.deleteFirst}</Text>
      </Stack>
    </ConfirmDialog>
  )
}
