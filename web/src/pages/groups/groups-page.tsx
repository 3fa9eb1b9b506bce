import { Group as Row, Text } from '@mantine/core'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, UsersRound } from 'lucide-react'
import { useState } from 'react'
import type { Group, GroupPage, GroupSummary } from '../../../../src/http/portal/groups/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable, type Sort } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { SearchField } from '../../components/forms/search-field.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { NothingFound } from '../../components/nothing-found.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pager } from '../../components/pager.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import type { Texts } from '../../texts/en.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { ProviderSelect } from '../users/list/user-filters.tsx'
import type { GroupFilters } from './filters.ts'
import { GroupNameDialog } from './group-name-dialog.tsx'

/** Settings › Accounts › Groups (IdP). */
export function GroupsPage() {
  const filters = useSearch({ from: '/app/groups' })
  const navigate = useNavigate({ from: '/groups' })
  const { groups } = useTexts()
  const mayChange = useMay('admin')
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['groups', filters],
    queryFn: ({ signal }) => api.get<GroupPage>('/groups', { ...filters }, signal),
    placeholderData: keepPreviousData,
  })
  const change = (next: GroupFilters) =>
    void navigate({ search: (old) => ({ ...old, after: undefined, ...next }), replace: true })
  const sort: Sort = { by: filters.sort ?? 'displayName', order: filters.order ?? 'asc' }
  return (
    <>
      <PageHeader title={groups.title} about={groups.about} actions={mayChange && <NewGroup />} />
      <Row gap="sm" mb="sm">
        <SearchField
          value={filters.q}
          onSearch={(q) => change({ q })}
          placeholder={groups.search}
          aria-label={groups.search}
          w={{ base: '100%', sm: 280 }}
        />
        <ProviderSelect
          value={filters.identityProviderId}
          onChange={(identityProviderId) => change({ identityProviderId })}
        />
      </Row>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <DataTable
        caption={groups.caption}
        columns={groupColumns(groups)}
        rows={data?.items}
        rowKey={({ id }) => id}
        sort={sort}
        onSort={({ by, order }) => change({ sort: by as GroupFilters['sort'], order })}
        isStale={isPlaceholderData}
        empty={
          <Nothing
            filters={filters}
            onClear={() => change({ q: undefined, identityProviderId: undefined })}
          />
        }
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

function groupColumns(groups: Texts['groups']): Column<GroupSummary>[] {
  return [
    {
      key: 'displayName',
      title: groups.name,
      sortable: true,
      cell: ({ id, displayName }) => (
        <Text size="sm" fw={500} component="span" miw={160} display="block">
          <PlaceLink to={`/groups/${id}`}>{displayName}</PlaceLink>
        </Text>
      ),
    },
    {
      key: 'members',
      title: groups.members,
      width: 120,
      cell: ({ members, hasMoreMembers }) => groups.count(members, hasMoreMembers),
    },
    {
      key: 'identityProvider',
      title: groups.identityProvider,
      cell: ({ identityProvider }) => <Text size="sm">{identityProvider.name}</Text>,
    },
    {
      key: 'created',
      title: groups.created,
      width: 150,
      sortable: true,
      cell: ({ createdAt }) => <Time at={createdAt} relative />,
    },
    {
      key: 'changed',
      title: groups.changed,
      width: 150,
      cell: ({ changedAt }) => <Time at={changedAt} relative />,
    },
  ]
}

function NewGroup() {
  const { groups } = useTexts()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <MainButton leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {groups.new}
      </MainButton>
      {isOpen && (
        <GroupNameDialog
          title={groups.form.newTitle}
          initial=""
          onClose={() => setOpen(false)}
          onSave={(displayName) => api.post<Group>('/groups', { displayName })}
          onSaved={({ id }) => {
            void queries.invalidateQueries({ queryKey: ['groups'] })
            void navigate({ to: '/groups/$id', params: { id } })
          }}
        />
      )}
    </>
  )
}

function Nothing({ filters, onClear }: { readonly filters: GroupFilters; readonly onClear: () => void }) {
  const { groups } = useTexts()
  if (filters.q === undefined && filters.identityProviderId === undefined)
    return <EmptyState icon={UsersRound} title={groups.emptyTitle} text={groups.emptyText} />
  return <NothingFound title={groups.noneTitle} text={groups.noneText} onClear={onClear} />
}
