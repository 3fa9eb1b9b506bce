import { Button, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Overview } from '../../../../src/http/portal/overview/contract.ts'
import { api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { WaitingNotice } from '../users/list/waiting-notice.tsx'
import { EventList } from './event-list.tsx'
import { Figure } from './figure.tsx'
import { Panel } from './panel.tsx'
import { SyncHealth } from './sync-health.tsx'

const REFRESH_MILLISECONDS = 10_000
const STATES = ['active', 'inactive', 'disabled', 'deleted'] as const

/** The overview: state of the tenant, with links to the pages behind each figure. */
export function OverviewPage() {
  const { navigation, overview } = useTexts()
  const { data, error, refetch } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal),
    refetchInterval: REFRESH_MILLISECONDS,
  })
  return (
    <>
      <PageHeader title={navigation.overview} about={overview.about} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <WaitingNotice count={data?.waiting} />
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="md" mb="md">
        {STATES.map((state) => (
          <Figure
            key={state}
            label={`${overview.users}: ${overview.states[state]}`}
            value={data?.users[state]}
            to="/users"
            search={{ status: state }}
          />
        ))}
        <Figure label={overview.groups} value={data?.groups} to="/groups" />
        <Figure
          label={overview.gateways}
          value={data?.gateways.up}
          to="/gateways"
          warning={data && data.gateways.lost > 0 ? overview.lost(data.gateways.lost) : undefined}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title={overview.sync} action={<More to="/identity-providers" />}>
          <SyncHealth idps={data?.identityProviders} />
        </Panel>
        <Panel
          title={overview.failures}
          action={<More to="/audit-log" search={{ result: 'failure', period: 'week' }} />}
          about={
            <Text size="xs" c="dimmed">
              {overview.failuresAbout}
            </Text>
          }
        >
          <EventList events={data?.failures} empty={overview.noFailures} />
        </Panel>
      </SimpleGrid>
      <Panel title={overview.recent} action={<More to="/audit-log" />} mt="md">
        <EventList events={data?.recentChanges} empty={overview.noChanges} />
      </Panel>
    </>
  )
}

function More({ to, search = {} }: { readonly to: string; readonly search?: Record<string, string> }) {
  const { overview } = useTexts()
  return (
    <Button component={Link} to={to} search={search as never} variant="subtle" size="compact-sm">
      {overview.seeAll}
    </Button>
  )
}
