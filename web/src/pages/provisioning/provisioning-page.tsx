import { Anchor, Button, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { PlugZap } from 'lucide-react'
import type { Provisioning } from '../../../../src/http/portal/provisioning/contract.ts'
import { api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { DayChart } from './day-chart.tsx'
import type { RequestFilters } from './filters.ts'
import { Habits } from './habits.tsx'
import { HealthBanner } from './health-banner.tsx'
import { RequestDrawer } from './request-drawer.tsx'
import { RequestList } from './request-list.tsx'
import { UnknownAttributes } from './unknown-attributes.tsx'

const REFRESH_MILLISECONDS = 15_000

/** Requests of one identity provider and the health of its sync. */
export function ProvisioningPage() {
  const { id } = useParams({ from: '/app/identity-providers/$id/provisioning' })
  const filters = useSearch({ from: '/app/identity-providers/$id/provisioning' })
  const navigate = useNavigate({ from: '/identity-providers/$id/provisioning' })
  const { provisioning: texts } = useTexts()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const { data, error, refetch } = useQuery({
    queryKey: ['provisioning', id, zone],
    queryFn: ({ signal }) =>
      api.get<Provisioning>(`/identity-providers/${id}/provisioning`, { zone }, signal),
    refetchInterval: REFRESH_MILLISECONDS,
  })
  const change = (next: RequestFilters) =>
    void navigate({ search: (old) => ({ ...old, after: undefined, ...next }), replace: true })
  const open = (request: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, request }), resetScroll: false })
  return (
    <>
      <Anchor component={Link} to="/identity-providers" size="sm">
        {`← ${texts.back}`}
      </Anchor>
      <PageHeader
        title={texts.title(data?.health.identityProviderName ?? '…')}
        about={texts.about}
        actions={
          <Button
            component={Link}
            to={`/identity-providers/${id}/test-connection`}
            variant="default"
            leftSection={<PlugZap size={16} aria-hidden />}
          >
            {texts.testConnection}
          </Button>
        }
      />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <Stack gap="lg">
        <HealthBanner health={data?.health} onShowFailures={() => change({ result: 'failure' })} />
        <DayChart days={data?.days} />
        <RequestList
          idpId={id}
          filters={filters}
          keptDays={data?.keptDays}
          unkept={daysWithoutRequests(data)}
          onChange={change}
          onOpen={open}
        />
        <UnknownAttributes idpId={id} attributes={data?.unknownAttributes} />
        <Habits habits={data?.habits} />
      </Stack>
      <RequestDrawer id={filters.request} onClose={() => open(undefined)} />
    </>
  )
}

/** Only days whose individual requests are still kept. */
function daysWithoutRequests(
  { days, keptDays }: Pick<Provisioning, 'days' | 'keptDays'> = { days: [], keptDays: 0 },
): number {
  return keptDays === 0 ? 0 : days.slice(-keptDays).reduce((sum, { unkept }) => sum + unkept, 0)
}
