import { Button, Group, Menu, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Download, UserPlus, Users } from 'lucide-react'
import type { UserPage } from '../../../../../src/http/portal/users/contract.ts'
import { api } from '../../../api/client.ts'
import { DataTable, type Sort } from '../../../components/data-table.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { MainButton } from '../../../components/main-button.tsx'
import { NothingFound } from '../../../components/nothing-found.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { Pager } from '../../../components/pager.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { RunningJobs } from '../../jobs/running-jobs.tsx'
import { USERS_KEY, useRefreshUsers, useWaitingCount } from '../queries.ts'
import { BulkMenu } from './bulk-menu.tsx'
import { conditionsOf, isFiltered, NO_FILTERS, type UserFilters } from './filters.ts'
import { useSelection } from './selection.ts'
import { userColumns } from './user-columns.tsx'
import { UserFilterBar } from './user-filters.tsx'
import { WaitingNotice } from './waiting-notice.tsx'

/** Settings › Accounts › Users. */
export function UsersPage() {
  const filters = useSearch({ from: '/app/users' })
  const navigate = useNavigate({ from: '/users' })
  const texts = useTexts()
  const { users } = texts
  const mayChange = useMay('admin')
  const selection = useSelection()
  const refresh = useRefreshUsers()
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: [...USERS_KEY, filters],
    queryFn: ({ signal }) => api.get<UserPage>('/users', { ...filters }, signal),
    placeholderData: keepPreviousData,
  })
  const change = (next: UserFilters) => {
    selection.clear()
    void navigate({ search: (old) => ({ ...old, after: undefined, ...next }), replace: true })
  }
  const sort: Sort = { by: filters.sort ?? 'userName', order: filters.order ?? 'asc' }
  return (
    <>
      <PageHeader title={users.title} about={users.about} actions={mayChange && <NewUserButton />} />
      <WaitingNotice count={useWaitingCount()} />
      <RunningJobs kind="act-on-users" onProgress={refresh} />
      <UserFilterBar filters={filters} onChange={change} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <Group gap="xs" mb="xs" mih={30}>
        {mayChange && <BulkMenu selection={selection} filters={filters} isEmpty={data?.items.length === 0} />}
        <DownloadMenu filters={filters} />
        <Button component={Link} to="/users/deleted" size="xs" variant="subtle">
          {users.deletedUsers.title}
        </Button>
        {isFiltered(filters) && (
          <Button size="xs" variant="subtle" onClick={() => change(NO_FILTERS)}>
            {texts.common.clearFilters}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {data?.totalIsAtLeast ? users.atLeast(data.total ?? 0) : ''}
        </Text>
      </Group>
      <DataTable
        caption={users.caption}
        columns={userColumns({ texts, mayChange, page: data, selection })}
        rows={data?.items}
        rowKey={({ id }) => id}
        sort={sort}
        onSort={({ by, order }) => change({ sort: by as UserFilters['sort'], order })}
        isStale={isPlaceholderData}
        empty={<Nobody filters={filters} onClear={() => change(NO_FILTERS)} />}
      />
      <Pager
        after={filters.after}
        next={data?.next}
        total={data?.totalIsAtLeast ? undefined : data?.total}
        onPage={(after) => void navigate({ search: (old) => ({ ...old, after }) })}
      />
    </>
  )
}

function NewUserButton() {
  const { users } = useTexts()
  return (
    <MainButton component={Link} to="/users/new" leftSection={<UserPlus size={16} aria-hidden />}>
      {users.new}
    </MainButton>
  )
}

function DownloadMenu({ filters }: { readonly filters: UserFilters }) {
  const { users } = useTexts()
  const href = (format: string) => api.href('/users/export', { ...conditionsOf(filters), format })
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<Download size={14} aria-hidden />}>
          {users.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {['csv', 'json'].map((format) => (
          <Menu.Item key={format} component="a" href={href(format)} download>
            {users.downloadAs(format.toUpperCase())}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Nobody({ filters, onClear }: { readonly filters: UserFilters; readonly onClear: () => void }) {
  const { users } = useTexts()
  if (!isFiltered(filters)) return <EmptyState icon={Users} title={users.emptyTitle} text={users.emptyText} />
  return <NothingFound title={users.noneTitle} text={users.noneText} onClear={onClear} />
}
