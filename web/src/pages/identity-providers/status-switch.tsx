import { Loader, Stack, Switch, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { deletionQuery, type IdentityProvider, PROVIDERS_KEY } from './queries.ts'

/** Enables at once; disables after stating who can no longer sign in. */
export function StatusSwitch({ provider }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t, common } = useTexts()
  const { id, name, type, enabled } = provider
  const [isAsking, setAsking] = useState(false)
  const mayChange = useMay('admin')
  const queries = useQueryClient()
  const loss = useQuery(deletionQuery(id, isAsking))
  const set = useMutation({
    mutationFn: (on: boolean) => api.patch<IdentityProvider>(`/identity-providers/${id}`, { enabled: on }),
    onSettled: () => queries.invalidateQueries({ queryKey: PROVIDERS_KEY }),
  })
  const enable = () =>
    set.mutate(true, {
      onError: (error) => notifications.show({ color: 'red', title: common.failed, message: error.message }),
    })
  return (
    <>
      <Switch
        checked={enabled}
        disabled={!mayChange || set.isPending}
        onChange={() => (enabled ? setAsking(true) : enable())}
        aria-label={t.switchLabel(name)}
        color="teal.9"
      />
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={t.disableTitle(name)}
        action={t.disable}
        onConfirm={() => set.mutateAsync(false)}
      >
        <Stack gap="xs">
          <Text component="div">
            {loss.data ? t.disableText(loss.data.users) : <Loader size="sm" aria-label={common.loading} />}
          </Text>
          <Text>{t.disableUndo}</Text>
          {type === 'local' && <Text>{t.localDisableUndo}</Text>}
        </Stack>
      </ConfirmDialog>
    </>
  )
}
