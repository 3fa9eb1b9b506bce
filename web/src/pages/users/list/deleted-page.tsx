import { Anchor, Group, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { UserX } from 'lucide-react'
import type { DeletedUser, DeletedUserPage } from '../../../../../src/http/portal/users/contract.ts'
import { api } from '../../../api/client.ts'
import { type Column, DataTable } from '../../../components/data-table.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { SearchField } from '../../../components/forms/search-field.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { Pager } from '../../../components/pager.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { USERS_KEY } from '../queries.ts'
import { RestoreButton } from './restore-button.tsx'

/** Users deleted by their identity provider, who can be restored for a limited time. */
export function DeletedUsersPage() {
  const { users } = useTexts()
  const { q, after } = useSearch({ from: '/app/users/deleted' })
  const navigate = useNavigate({ from: '/users/deleted' })
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: [...USERS_KEY, 'deleted', q, after],
    queryFn: ({ signal }) => api.get<DeletedUserPage>('/deleted-users', { q, after }, signal),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <Anchor component={Link} to="/users" size="sm">
        {`← ${users.title}`}
      </Anchor>
      <PageHeader title={users.deletedUsers.title} about={users.deletedUsers.about} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <Group mb="sm">
        <SearchField
          value={q}
          onSearch={(next) => void navigate({ search: { q: next }, replace: true })}
          placeholder={users.deletedUsers.search}
          aria-label={users.deletedUsers.search}
          w={{ base: '100%', sm: 280 }}
        />
      </Group>
      <DataTable
        caption={users.deletedUsers.title}
        columns={useColumns()}
        rows={data?.items}
        rowKey={({ id }) => id}
        isStale={isPlaceholderData}
        empty={
          <EmptyState
            icon={UserX}
            title={users.deletedUsers.emptyTitle}
            text={users.deletedUsers.emptyText}
          />
        }
      />
      <Pager
        after={after}
        next={data?.next}
        onPage={(next) => void navigate({ search: (old) => ({ ...old, after: next }) })}
      />
    </>
  )
}

function useColumns(): Column<DeletedUser>[] {
  const { users } = useTexts()
  const mayChange = useMay('admin')
  const columns: Column<DeletedUser>[] = [
    {
      key: 'userName',
      title: users.userName,
      cell: ({ userName, displayName }) => (
        <div style={{ minWidth: 140 }}>
          <Text size="sm">{userName}</Text>
          {displayName && (
            <Text size="xs" c="dimmed">
              {displayName}
            </Text>
          )}
        </div>
      ),
    },
    {
      key: 'identityProvider',
      title: users.identityProvider,
      cell: ({ identityProvider }) => <Text size="sm">{identityProvider.name}</Text>,
    },
    {
      key: 'deletedAt',
      title: users.deletedUsers.deletedAt,
      cell: ({ deletedAt }) => <Time at={deletedAt} relative />,
    },
    {
      key: 'restorableUntil',
      title: users.deletedUsers.until,
      cell: ({ restorableUntil }) => <Time at={restorableUntil} />,
    },
  ]
  if (!mayChange) return columns
  return [
    ...columns,
    {
      key: 'restore',
      title: users.detail.restore,
      width: 160,
      cell: (user) => (
        <RestoreButton
          user={user}
          path={`/deleted-users/${user.id}/restore`}
          text={users.deletedUsers.restoreText}
        />
      ),
    },
  ]
}
