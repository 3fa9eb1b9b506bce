import { Badge, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { OwnSession, OwnSessions } from '../../../../src/http/portal/session/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { browserOf } from './browser-name.ts'
import { SESSIONS_KEY } from './queries.ts'
import { Section } from './section.tsx'

export function SessionsSection() {
  const { account } = useTexts()
  const texts = account.sessions
  const queries = useQueryClient()
  const sessions = useQuery({ queryKey: SESSIONS_KEY, queryFn: () => api.get<OwnSessions>('/sessions') })
  const end = useMutation({
    mutationFn: async (session?: OwnSession): Promise<number> => {
      if (!session) return (await api.delete<{ ended: number }>('/sessions')).ended
      await api.delete(`/sessions/${session.id}`)
      return 1
    },
    onSuccess: (ended) => {
      notifications.show({ message: texts.ended(ended) })
      void queries.invalidateQueries({ queryKey: SESSIONS_KEY })
    },
  })
  const deviceOf = ({ userAgent }: OwnSession) => browserOf(userAgent) ?? texts.unknown
  const columns: Column<OwnSession>[] = [
    {
      key: 'device',
      title: texts.device,
      cell: (session) => (
        <Group gap="xs" wrap="nowrap" title={session.userAgent ?? undefined}>
          <Text size="sm">{deviceOf(session)}</Text>
          {session.current && <Badge color="teal.9">{texts.current}</Badge>}
        </Group>
      ),
    },
    { key: 'address', title: texts.address, cell: ({ sourceAddress }) => sourceAddress ?? '' },
    { key: 'since', title: texts.since, cell: ({ createdAt }) => <Time at={createdAt} relative /> },
    { key: 'seen', title: texts.seen, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} relative /> },
    {
      key: 'end',
      title: texts.end,
      width: 90,
      cell: (session) =>
        session.current ? null : (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={texts.endOne(deviceOf(session))}
            onClick={() => end.mutate(session)}
          >
            {texts.end}
          </Button>
        ),
    },
  ]
  const others = (sessions.data?.items.length ?? 1) > 1
  return (
    <Section title={texts.title} about={texts.about}>
      <ProblemAlert error={sessions.error ?? end.error} />
      <DataTable
        caption={texts.title}
        columns={columns}
        rows={sessions.data?.items}
        rowKey={({ id }) => id}
      />
      <Group justify="flex-end" mt="sm">
        <Button
          variant="default"
          disabled={!others}
          loading={end.isPending}
          onClick={() => end.mutate(undefined)}
        >
          {texts.endOthers}
        </Button>
      </Group>
    </Section>
  )
}
