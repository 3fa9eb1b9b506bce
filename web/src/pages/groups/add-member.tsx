import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Group, GroupPage } from '../../../../src/http/portal/groups/contract.ts'
import type { UserPage } from '../../../../src/http/portal/users/contract.ts'
import { api } from '../../api/client.ts'
import { useTexts } from '../../texts/use-texts.tsx'

interface Choice {
  readonly id: string
  readonly name: string
  /** Extra information when the name alone isn't enough. */
  readonly label: string
}

interface AddMemberProps {
  readonly group: Group
  readonly onAdd: (member: { readonly id: string; readonly name: string }) => Promise<unknown>
}

const CHOICES = 20

/** Suggests local users and groups while typing; choosing one adds it. */
export function AddMember({ group, onAdd }: AddMemberProps) {
  const { detail: texts, title } = useTexts().groups
  const { title: usersTitle } = useTexts().users
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 250)
  const { data } = useQuery({
    queryKey: ['users', 'choices', group.id, q],
    queryFn: ({ signal }) => findChoices(group, q, signal),
    placeholderData: keepPreviousData,
  })
  const found = [...(data?.users ?? []), ...(data?.groups ?? [])]
  const choose = (id: string | null) => {
    const chosen = found.find((one) => one.id === id)
    setTyped('')
    if (chosen) onAdd(chosen).catch(() => {}) // the list above shows the error
  }
  const items = (choices: readonly Choice[] = []) => choices.map(({ id, label }) => ({ value: id, label }))
  return (
    <Select
      size="xs"
      w={{ base: '100%', xs: 300 }}
      aria-label={texts.addLabel}
      placeholder={`${texts.addLabel}: ${texts.addHint}`}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={texts.nobody}
      data={[
        { group: usersTitle, items: items(data?.users) },
        { group: title, items: items(data?.groups) },
      ].filter(({ items }) => items.length > 0)}
      value={null}
      onChange={choose}
    />
  )
}

async function findChoices({ id: own, identityProvider }: Group, q: string, signal: AbortSignal) {
  const query = { q, identityProviderId: identityProvider.id, limit: CHOICES }
  const [users, groups] = await Promise.all([
    api.get<UserPage>('/users', query, signal),
    api.get<GroupPage>('/groups', query, signal),
  ])
  return {
    users: users.items.map(
      ({ id, userName, displayName }): Choice => ({
        id,
        name: userName,
        label: displayName ? `${userName} · ${displayName}` : userName,
      }),
    ),
    groups: groups.items
      .filter(({ id }) => id !== own)
      .map(({ id, displayName }): Choice => ({ id, name: displayName, label: displayName })),
  }
}
