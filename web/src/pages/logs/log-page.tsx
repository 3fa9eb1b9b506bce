import { Alert, Button, Group, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LogPage as Page } from '../../../../src/http/portal/logs/contract.ts'
import { api } from '../../api/client.ts'
import { DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pager } from '../../components/pager.tsx'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { EventDetail } from './event-detail.tsx'
import type { LogKind } from './kinds.ts'
import { logColumns } from './log-columns.tsx'
import { type LogPageSearch, logQuery } from './log-search.ts'
import { LogToolbar } from './log-toolbar.tsx'

const REFRESH_MILLISECONDS = 5_000

interface LogPageProps {
  readonly kind: LogKind
  readonly search: LogPageSearch
  /** @param replace false when the browser's Back button should undo the change */
  readonly onChange: (part: LogPageSearch, replace: boolean) => void
  readonly actions?: ReactNode
}

/** The audit, activity or system log; its filters are in the URL. */
export function LogPage({ kind, search, onChange, actions }: LogPageProps) {
  const texts = useTexts()
  const { open, refresh, ...asked } = search
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['log', kind.name, asked],
    queryFn: ({ signal }) => api.get<Page>(kind.path, { ...logQuery(asked), limit: 50 }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh ? REFRESH_MILLISECONDS : false,
  })
  const filter = (part: LogPageSearch) => onChange({ ...part, after: undefined, open: undefined }, true)
  const columns = logColumns({
    kind,
    texts,
    search,
    onFilter: filter,
    onOpen: (id) => onChange({ open: id === open ? undefined : id }, true),
  })
  return (
    <>
      <PageHeader
        title={texts.navigation[kind.title]}
        about={texts.logs.about[kind.name]}
        actions={actions}
      />
      <LogToolbar
        kind={kind}
        search={search}
        onFilter={filter}
        onRefresh={(on) => onChange({ refresh: on || undefined }, true)}
      />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <DataTable
        caption={texts.navigation[kind.title]}
        columns={columns}
        rows={data?.items}
        rowKey={({ id }) => id}
        isStale={isPlaceholderData}
        expanded={(event) => (event.id === open ? <EventDetail path={kind.path} event={event} /> : undefined)}
      />
      {data?.items.length === 0 && !data.searchedTo && (
        <EmptyState icon={ScrollText} title={texts.logs.nothing} text={texts.logs.nothingText} />
      )}
      {data?.searchedTo && (
        <ContinueSearch
          at={data.searchedTo}
          onContinue={() => onChange({ after: data.next ?? undefined }, false)}
        />
      )}
      <Pager
        after={search.after}
        next={data?.searchedTo ? null : data?.next}
        total={data?.total}
        onPage={(after) => onChange({ after, open: undefined }, false)}
      />
    </>
  )
}

function ContinueSearch({ at, onContinue }: { readonly at: string; readonly onContinue: () => void }) {
  const { logs } = useTexts()
  return (
    <Alert mt="sm" color="gray" variant="light" role="status">
      <Group justify="space-between">
        <Text size="sm" component="div">
          {logs.searchedTo} <Time at={at} />
        </Text>
        <Button size="xs" variant="default" onClick={onContinue}>
          {logs.searchFurther}
        </Button>
      </Group>
    </Alert>
  )
}
