import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Group } from '../../../../src/http/portal/contract/group.ts'
import type { UserPage } from '../../../../src/http/portal/contract/user.ts'
import { api } from '../../api/client.ts'
import { useTexts } from '../../texts/use-texts.tsx'

interface AddMemberProps {
  readonly group: Group
  readonly onAdd: (member: { readonly id: string; readonly name: string }) => Promise<unknown>
}

const CHOICES = 20

/** Finds local users as one types; choosing one adds it. */
export function AddMember({ group, onAdd }: AddMemberProps) {
  const { detail: texts } = useTexts().groups
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 250)
  const { data } = useQuery({
    queryKey: ['users', 'choices', group.identityProvider.id, q],
    queryFn: ({ signal }) =>
      api.get<UserPage>(
        '/users',
        { q, identityProviderId: group.identityProvider.id, limit: CHOICES },
        signal,
      ),
    placeholderData: keepPreviousData,
  })
  const found = data?.items ?? []
  const choose = (id: string | null) => {
    const user = found.find((one) => one.id === id)
    setTyped('')
    if (user) onAdd({ id: user.id, name: user.userName }).catch(() => {}) // the list above says why
  }
  return (
    <Select
      size="xs"
      w={{ base: '100%', xs: 260 }}
      aria-label={texts.addLabel}
      placeholder={`${texts.addLabel}: ${texts.addHint}`}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={texts.nobody}
      data={found.map(({ id, userName, displayName }) => ({
        value: id,
        label: displayName ? `${userName} · ${displayName}` : userName,
      }))}
      value={null}
      onChange={choose}
    />
  )
}
