import { Badge, Button, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { LogEvent, LogPage } from '../../../../../src/http/portal/logs/contract.ts'
import { api } from '../../../api/client.ts'
import { type Column, DataTable } from '../../../components/data-table.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { EventDetail } from '../../logs/event-detail.tsx'
import { AUDIT } from '../../logs/kinds.ts'
import { OpenButton } from '../../logs/log-columns.tsx'
import { Section } from './section.tsx'

const PAGE = 10

/** Audit events of one object, with the values before and after. */
export function History({ objectId }: { readonly objectId: string }) {
  const allTexts = useTexts()
  const { users, logs } = allTexts
  const { detail: texts } = users
  const [open, setOpen] = useState<string>()
  const query = useInfiniteQuery({
    queryKey: ['history', objectId],
    queryFn: ({ signal, pageParam }) =>
      api.get<LogPage>(AUDIT.path, { objectId, limit: PAGE, after: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  })
  const columns: Column<LogEvent>[] = [
    {
      key: 'at',
      title: logs.column.at,
      width: 230,
      cell: (event) => (
        <OpenButton
          event={event}
          isOpen={event.id === open}
          texts={allTexts}
          onOpen={(id) => setOpen(id === open ? undefined : id)}
        />
      ),
    },
    {
      key: 'action',
      title: logs.column.action,
      cell: ({ action, effect }) => (
        <Text size="sm">
          {logs.actions[action]}
          {effect && <b>{` · ${logs.effects[effect]}`}</b>}
        </Text>
      ),
    },
    {
      key: 'actor',
      title: logs.column.actor,
      cell: ({ actor }) => (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {actor.name}
          <Text span inherit c="dimmed">{` · ${logs.actorTypes[actor.type] ?? actor.type}`}</Text>
        </Text>
      ),
    },
    {
      key: 'result',
      title: logs.column.result,
      width: 110,
      cell: ({ result }) => (
        <Badge color={result === 'success' ? 'teal.9' : 'red.9'} radius="sm">
          {logs[result]}
        </Badge>
      ),
    },
  ]
  return (
    <Section title={texts.history}>
      <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      <DataTable
        caption={texts.historyCaption}
        columns={columns}
        rows={query.data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        expanded={(event) => event.id === open && <EventDetail path={AUDIT.path} event={event} />}
        empty={<Text size="sm">{logs.nothing}</Text>}
      />
      {query.hasNextPage && (
        <Button
          size="xs"
          variant="default"
          mt="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {texts.older}
        </Button>
      )}
    </Section>
  )
}
