import { Badge, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AppWindow, Plus } from 'lucide-react'
import type { Application, Applications } from '../../../../src/http/portal/applications/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import { useMay } from '../../session/use-me.ts'
import type { Texts } from '../../texts/en.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { SigningKeys } from './signing-keys.tsx'

/** Settings › Applications. */
export function ApplicationsPage() {
  const texts = useTexts()
  const { applications } = texts
  const mayChange = useMay('admin')
  const { data, error, refetch } = useQuery({
    queryKey: ['applications'],
    queryFn: ({ signal }) => api.get<Applications>('/applications', {}, signal),
  })
  const create = mayChange && (
    <MainButton
      component={Link}
      to={'/applications/new' as string}
      leftSection={<Plus size={16} aria-hidden />}
    >
      {applications.create}
    </MainButton>
  )
  return (
    <>
      <PageHeader
        title={texts.navigation.applications}
        about={applications.about}
        actions={data?.items.length !== 0 && create}
      />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <DataTable
        caption={texts.navigation.applications}
        columns={columnsOf(texts)}
        rows={data?.items}
        rowKey={({ id }) => id}
        empty={
          <EmptyState
            icon={AppWindow}
            title={applications.emptyTitle}
            text={applications.emptyText}
            action={create}
          />
        }
      />
      {data && data.items.length > 0 && <SigningKeys />}
    </>
  )
}

function columnsOf({ applications, common }: Texts): Column<Application>[] {
  return [
    {
      key: 'name',
      title: applications.name,
      cell: ({ id, name }) => <PlaceLink to={`/applications/${id}`}>{name}</PlaceLink>,
    },
    { key: 'origin', title: applications.origin, cell: ({ origin }) => <Text size="sm">{origin}</Text> },
    {
      key: 'who',
      title: applications.who,
      cell: ({ forEverybody, grants, lostGrants }) => {
        if (forEverybody) return applications.everybody
        return (
          <Group gap="xs">
            {grants.length === 0 ? applications.nobody : applications.counted(grants.length)}
            {lostGrants.length > 0 && (
              <Badge color="red.9" tt="none">
                {applications.lostCount(lostGrants.length)}
              </Badge>
            )}
          </Group>
        )
      },
    },
    {
      key: 'state',
      title: applications.state,
      width: 110,
      cell: ({ enabled }) => (
        <Badge color={enabled ? 'teal.9' : 'gray.7'} c="white">
          {enabled ? common.on : common.off}
        </Badge>
      ),
    },
  ]
}
