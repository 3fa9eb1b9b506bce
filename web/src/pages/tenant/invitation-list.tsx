import { Badge, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  Invitation,
  Invitations,
  IssuedInvitation,
} from '../../../../src/http/portal/administrators/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import type { IssuedLink } from './link-dialog.tsx'
import { INVITATIONS_KEY } from './queries.ts'

export function InvitationList({ onHanded }: { readonly onHanded: (handed: IssuedLink) => void }) {
  const { tenant, common } = useTexts()
  const texts = tenant.invitations
  const queries = useQueryClient()
  const mayChange = useMay('owner')
  const list = useQuery({ queryKey: INVITATIONS_KEY, queryFn: () => api.get<Invitations>('/invitations') })
  const onSettled = () => queries.invalidateQueries({ queryKey: INVITATIONS_KEY })
  const renew = useMutation({
    mutationFn: ({ id }: Invitation) => api.post<IssuedInvitation>(`/invitations/${id}/renew`),
    onSuccess: ({ invitation, link }) => onHanded({ email: invitation.email, link }),
    onSettled,
  })
  const revoke = useMutation({
    mutationFn: ({ id }: Invitation) => api.delete(`/invitations/${id}`),
    onSuccess: (_, { email }) => notifications.show({ message: texts.revoked(email) }),
    onSettled,
  })
  const columns: Column<Invitation>[] = [
    { key: 'email', title: texts.email, cell: ({ email }) => email },
    { key: 'role', title: tenant.administrators.role, cell: ({ role }) => common.role[role] },
    { key: 'by', title: texts.by, cell: ({ invitedBy }) => invitedBy },
    {
      key: 'expires',
      title: texts.expires,
      cell: ({ expiresAt }) =>
        Date.parse(expiresAt) < Date.now() ? (
          <Badge color="red.9">{texts.expired}</Badge>
        ) : (
          <Time at={expiresAt} />
        ),
    },
    ...(mayChange
      ? [
          {
            key: 'actions',
            title: tenant.actions,
            cell: (invitation: Invitation) => (
              <Group gap="xs" wrap="nowrap" justify="flex-end">
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={texts.renewOf(invitation.email)}
                  onClick={() => renew.mutate(invitation)}
                >
                  {texts.renew}
                </Button>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={texts.revokeOf(invitation.email)}
                  onClick={() => revoke.mutate(invitation)}
                >
                  {texts.revoke}
                </Button>
              </Group>
            ),
          },
        ]
      : []),
  ]
  return (
    <>
      <ProblemAlert error={list.error ?? renew.error ?? revoke.error} />
      {/* Mostly empty: waiting rows would make the page jump when there are none. */}
      <DataTable
        caption={texts.title}
        columns={columns}
        rows={list.data?.items ?? []}
        rowKey={({ id }) => id}
        empty={
          <Text size="sm" c="dimmed">
            {texts.none}
          </Text>
        }
      />
    </>
  )
}
