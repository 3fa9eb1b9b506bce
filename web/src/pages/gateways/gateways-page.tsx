import { Alert, Badge, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Info, Server } from 'lucide-react'
import type { Absence, Gateway, Gateways } from '../../../../src/http/portal/gateways/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import { Time } from '../../components/time.tsx'
import type { Texts } from '../../texts/en.ts'
import { useLanguage } from '../../texts/use-texts.tsx'

const REFRESH_MILLISECONDS = 5_000
const COLORS = { up: 'teal.9', lost: 'red.9', stopped: 'gray.7' }

/** The service's processes and their outages. */
export function GatewaysPage() {
  const { texts, locale } = useLanguage()
  const { gateways } = texts
  const { data, error, refetch } = useQuery({
    queryKey: ['gateways'],
    queryFn: ({ signal }) => api.get<Gateways>('/gateways', {}, signal),
    refetchInterval: REFRESH_MILLISECONDS,
  })
  return (
    <>
      <PageHeader title={texts.navigation.gateways} about={gateways.about} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <DataTable
        caption={texts.navigation.gateways}
        columns={gatewayColumns(texts)}
        rows={data?.gateways}
        rowKey={({ name }) => name}
        empty={<EmptyState icon={Server} title={gateways.noneTitle} text={gateways.noneText} />}
      />
      <Title order={2} mt="xl">
        {gateways.absences}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {gateways.absencesAbout} <PlaceLink to="/system-log">{gateways.openLog}</PlaceLink>
      </Text>
      <Alert variant="light" color="gray" icon={<Info size={18} aria-hidden />} mb="md">
        {gateways.hint}
      </Alert>
      <DataTable
        caption={gateways.absences}
        columns={absenceColumns(texts, locale)}
        rows={data?.absences}
        rowKey={({ gateway, since }) => `${gateway} ${since}`}
        empty={<Text size="sm">{gateways.noAbsence}</Text>}
      />
    </>
  )
}

function gatewayColumns({ gateways }: Texts): Column<Gateway>[] {
  return [
    {
      key: 'name',
      title: gateways.name,
      cell: ({ name }) => (
        <Text size="sm" fw={600}>
          {name}
        </Text>
      ),
    },
    {
      key: 'state',
      title: gateways.state,
      width: 110,
      cell: ({ state }) => (
        <Badge color={COLORS[state]} c="white">
          {gateways.states[state]}
        </Badge>
      ),
    },
    { key: 'role', title: gateways.role, cell: ({ role }) => gateways.roles[role] ?? role },
    { key: 'version', title: gateways.version, cell: ({ version }) => version },
    { key: 'address', title: gateways.address, cell: ({ address }) => address },
    { key: 'since', title: gateways.since, width: 200, cell: ({ startedAt }) => <Time at={startedAt} /> },
    {
      key: 'lastSeen',
      title: gateways.lastSeen,
      width: 150,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} relative />,
    },
  ]
}

function absenceColumns({ gateways }: Texts, locale: string): Column<Absence>[] {
  return [
    { key: 'gateway', title: gateways.gateway, cell: ({ gateway }) => gateway },
    { key: 'cause', title: gateways.cause, cell: ({ cause }) => gateways.causes[cause] },
    { key: 'since', title: gateways.from, width: 200, cell: ({ since }) => <Time at={since} /> },
    {
      key: 'until',
      title: gateways.until,
      width: 200,
      cell: ({ until }) =>
        until ? (
          <Time at={until} />
        ) : (
          <Text size="sm" fw={600}>
            {gateways.stillAway}
          </Text>
        ),
    },
    {
      key: 'duration',
      title: gateways.duration,
      width: 130,
      cell: ({ since, until }) =>
        duration(Date.parse(until ?? new Date().toISOString()) - Date.parse(since), locale),
    },
  ]
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

function duration(milliseconds: number, locale: string): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1_000))
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1]
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(locale, style).format(seconds / size)
}
