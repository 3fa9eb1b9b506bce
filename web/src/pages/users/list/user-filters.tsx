import { Group, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Group as FoundGroup, GroupPage } from '../../../../../src/http/portal/groups/contract.ts'
import { api } from '../../../api/client.ts'
import { SearchField } from '../../../components/forms/search-field.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useProviderChoices } from '../../identity-providers/queries.ts'
import { STATUSES, type UserFilters } from './filters.ts'

interface FiltersProps {
  readonly filters: UserFilters
  readonly onChange: (filters: UserFilters) => void
}

export function UserFilterBar({ filters, onChange }: FiltersProps) {
  const { users } = useTexts()
  return (
    <Group gap="sm" mb="sm">
      <SearchField
        value={filters.q}
        onSearch={(q) => onChange({ q })}
        placeholder={users.search}
        aria-label={users.search}
        w={{ base: '100%', sm: 280 }}
      />
      <ProviderSelect
        value={filters.identityProviderId}
        onChange={(identityProviderId) => onChange({ identityProviderId })}
      />
      <Select
        aria-label={users.status}
        placeholder={users.allStatuses}
        data={STATUSES.map((value) => ({ value, label: users.statuses[value] }))}
        value={filters.status ?? null}
        onChange={(status) => onChange({ status: (status as UserFilters['status']) ?? undefined })}
        clearable
        clearButtonProps={{ 'aria-label': `${users.status}: ${users.allStatuses}` }}
        w={{ base: '100%', xs: 160 }}
      />
      <GroupSelect value={filters.groupId} onChange={(groupId) => onChange({ groupId })} />
    </Group>
  )
}

interface ChoiceProps {
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

export function ProviderSelect({ value, onChange }: ChoiceProps) {
  const { users } = useTexts()
  return (
    <Select
      aria-label={users.identityProvider}
      placeholder={users.allProviders}
      data={useProviderChoices()}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': `${users.identityProvider}: ${users.allProviders}` }}
      w={{ base: '100%', xs: 220 }}
    />
  )
}

const CHOICES = 20

/** Suggests groups while typing; the group in the URL is preselected. */
function GroupSelect({ value, onChange }: ChoiceProps) {
  const { users } = useTexts()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 250)
  const { data: chosen } = useQuery({
    queryKey: ['group', value],
    queryFn: ({ signal }) => api.get<FoundGroup>(`/groups/${value}`, {}, signal),
    enabled: value !== undefined,
  })
  const { data: found } = useQuery({
    queryKey: ['groups', { q, limit: CHOICES }],
    queryFn: ({ signal }) => api.get<GroupPage>('/groups', { q, limit: CHOICES }, signal),
    placeholderData: keepPreviousData,
  })
  const all = new Map(
    [...(chosen ? [chosen] : []), ...(found?.items ?? [])].map((group) => [group.id, group]),
  )
  const data = [...all.values()].map(({ id, displayName }) => ({ value: id, label: displayName }))
  return (
    <Select
      aria-label={users.group}
      placeholder={users.allGroups}
      data={data}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchable
      onSearchChange={(text) => setTyped(text === chosen?.displayName ? '' : text)}
      filter={({ options }) => options}
      nothingFoundMessage={users.noGroup}
      clearable
      clearButtonProps={{ 'aria-label': `${users.group}: ${users.allGroups}` }}
      w={{ base: '100%', xs: 200 }}
    />
  )
}
