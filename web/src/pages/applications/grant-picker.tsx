import { Pill, Select, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Application } from '../../../../src/http/portal/applications/contract.ts'
import type { GroupPage } from '../../../../src/http/portal/groups/contract.ts'
import type { UserPage } from '../../../../src/http/portal/users/contract.ts'
import { api } from '../../api/client.ts'
import { useTexts } from '../../texts/use-texts.tsx'

type Grant = Application['grants'][number]

interface GrantPickerProps {
  readonly grants: readonly Grant[]
  readonly onChange: (grants: Grant[]) => void
}

const FOUND = 20
const PAUSE_MILLISECONDS = 200

/** Picker for groups and users, searched by a part of their name. */
export function GrantPicker({ grants, onChange }: GrantPickerProps) {
  const { applications } = useTexts()
  const add = (grant: Grant) => {
    if (!grants.some(({ id }) => id === grant.id)) onChange([...grants, grant])
  }
  return (
    <>
      {grants.length === 0 && <Text size="sm">{applications.nobody}</Text>}
      <Pill.Group>
        {grants.map((grant) => {
          const label =
            grant.type === 'Group' ? applications.groupOf(grant.name) : applications.userOf(grant.name)
          return (
            <Pill
              key={grant.id}
              size="md"
              withRemoveButton
              onRemove={() => onChange(grants.filter(({ id }) => id !== grant.id))}
              removeButtonProps={{
                'aria-label': applications.removeOf(label),
                'aria-hidden': false,
                tabIndex: 0,
              }}
            >
              {label}
            </Pill>
          )
        })}
      </Pill.Group>
      <Finder type="Group" label={applications.pickGroups} onPick={add} />
      <Finder type="User" label={applications.pickUsers} onPick={add} />
    </>
  )
}

interface FinderProps {
  readonly type: Grant['type']
  readonly label: string
  readonly onPick: (grant: Grant) => void
}

function Finder({ type, label, onPick }: FinderProps) {
  const { applications } = useTexts()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, PAUSE_MILLISECONDS)
  const { data = [] } = useQuery({
    queryKey: ['grantable', type, q],
    queryFn: ({ signal }) => find(type, q, signal),
    placeholderData: keepPreviousData,
  })
  return (
    <Select
      label={label}
      placeholder={applications.pickHint}
      searchable
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(id) => {
        const found = data.find((one) => one.id === id)
        if (found) onPick(found)
        setTyped('')
      }}
    />
  )
}

async function find(type: Grant['type'], q: string, signal: AbortSignal): Promise<Grant[]> {
  if (type === 'Group') {
    const { items } = await api.get<GroupPage>('/groups', { q, limit: FOUND }, signal)
    return items.map(({ id, displayName }) => ({ type, id, name: displayName }))
  }
  const { items } = await api.get<UserPage>('/users', { q, limit: FOUND }, signal)
  return items.map(({ id, userName }) => ({ type, id, name: userName }))
}
