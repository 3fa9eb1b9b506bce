import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { User } from '../../../../../src/http/portal/users/contract.ts'
import type { EndedSessions, UserSessions } from '../../../../../src/http/portal/users/enrolment-contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { type Column, DataTable } from '../../../components/data-table.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { browserOf } from '../../account/browser-name.ts'
import { sessionsQuery, useRefreshUsers } from '../queries.ts'
import { Section } from './section.tsx'

type Session = UserSessions['items'][number]

/** The user's active sessions. Revoking one refuses its next request in every application. */
export function SessionsSection({ user }: { readonly user: User }) {
  const { users, account } = useTexts()
  const texts = users.sessions
  const mayChange = useMay('admin')
  const { data, error, refetch } = useQuery(sessionsQuery(user.id))
  const end = useRevoke(user)
  const [isAsked, setAsked] = useState(false)
  const nameOf = ({ userAgent }: Session) => browserOf(userAgent) ?? account.sessions.unknown
  const columns: Column<Session>[] = [
    {
      key: 'device',
      title: account.sessions.device,
      cell: (session) => (
        <Text size="sm" title={session.userAgent ?? undefined} miw={120}>
          {nameOf(session)}
        </Text>
      ),
    },
    {
      key: 'address',
      title: account.sessions.address,
      cell: ({ sourceAddress }) => <Text size="sm">{sourceAddress ?? ''}</Text>,
    },
    {
      key: 'since',
      title: account.sessions.since,
      cell: ({ createdAt }) => <Time at={createdAt} relative />,
    },
    {
      key: 'seen',
      title: account.sessions.seen,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} relative />,
    },
    { key: 'factor', title: texts.factor, cell: ({ factorAt }) => <Time at={factorAt} relative /> },
  ]
  const endColumn: Column<Session> = {
    key: 'end',
    title: account.sessions.end,
    width: 90,
    cell: (session) => (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={account.sessions.endOne(nameOf(session))}
        onClick={() => end.mutate(session)}
      >
        {account.sessions.end}
      </Button>
    ),
  }
  return (
    <Section title={account.sessions.title} about={texts.about}>
      <ProblemAlert error={error ?? end.error} onRetry={() => void refetch()} />
      <DataTable
        caption={texts.caption}
        columns={mayChange ? [...columns, endColumn] : columns}
        rows={data?.items}
        rowKey={({ id }) => id}
        empty={<Text size="sm">{texts.none}</Text>}
      />
      {mayChange && data && data.items.length > 0 && (
        <Group justify="flex-end" mt="sm">
          <Button size="xs" variant="default" onClick={() => setAsked(true)}>
            {texts.endAll} …
          </Button>
        </Group>
      )}
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={texts.endAllTitle(user.userName)}
        action={texts.endAll}
        onConfirm={() => end.mutateAsync(undefined)}
      >
        {texts.endAllText}
      </ConfirmDialog>
    </Section>
  )
}

/** One session, or all of them. */
function useRevoke({ id }: User) {
  const { account } = useTexts()
  const refresh = useRefreshUsers()
  return useMutation({
    mutationFn: async (session: Session | undefined): Promise<number> => {
      if (!session) return (await api.delete<EndedSessions>(`/users/${id}/sessions`)).ended
      await api.delete(`/users/${id}/sessions/${session.id}`)
      return 1
    },
    onSuccess: (ended) => notifications.show({ message: account.sessions.ended(ended) }),
    onSettled: refresh,
  })
}
