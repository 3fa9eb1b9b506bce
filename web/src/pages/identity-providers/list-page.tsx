import { ActionIcon, Badge, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Minus, Network, Plus } from 'lucide-react'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { ExpiryBadge } from './details/certificates.tsx'
import { ProviderDetails } from './details/provider-details.tsx'
import { type IdentityProvider, providersQuery } from './queries.ts'
import { StatusSwitch } from './status-switch.tsx'

const route = getRouteApi('/app/identity-providers')

export function ListPage() {
  const { identityProviders: t } = useTexts()
  const { open } = route.useSearch()
  const navigate = route.useNavigate()
  const mayChange = useMay('admin')
  const { data, error, refetch } = useQuery({ ...providersQuery, refetchInterval: 30_000 })
  const toggle = (id: string) =>
    void navigate({ search: { open: open === id ? undefined : id }, replace: true, resetScroll: false })
  const newIdp = mayChange && (
    <MainButton component={Link} to="/identity-providers/new" leftSection={<Plus size={16} aria-hidden />}>
      {t.newIdp}
    </MainButton>
  )
  const connected = data?.items.filter(({ type }) => type !== 'local').length
  return (
    <>
      <PageHeader title={t.title} about={t.about} actions={newIdp} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <DataTable
        caption={t.listCaption}
        columns={useColumns(open, toggle)}
        rows={data?.items}
        rowKey={({ id }) => id}
        expanded={(provider) => (provider.id === open ? <ProviderDetails provider={provider} /> : undefined)}
      />
      {connected === 0 && <EmptyState icon={Network} title={t.emptyTitle} text={t.emptyText} />}
    </>
  )
}

function useColumns(
  open: string | undefined,
  toggle: (id: string) => void,
): readonly Column<IdentityProvider>[] {
  const { identityProviders: t } = useTexts()
  return [
    {
      key: 'status',
      title: t.column.status,
      width: 90,
      cell: (provider) => <StatusSwitch provider={provider} />,
    },
    { key: 'name', title: t.column.name, cell: (provider) => <NameCell provider={provider} /> },
    { key: 'type', title: t.column.type, cell: ({ type }) => t.type[type] },
    { key: 'mfa', title: t.column.mfa, cell: ({ mfa }) => t.mfa[mfa] },
    { key: 'enroll', title: t.column.enroll, cell: ({ enroll }) => t.enroll[enroll] },
    { key: 'activation', title: t.column.activation, cell: ({ activation }) => t.activation[activation] },
    {
      key: 'lastSync',
      title: t.column.lastSync,
      cell: ({ scim, lastSyncAt }) => (scim ? <Time at={lastSyncAt} relative /> : '—'),
    },
    {
      key: 'more',
      title: t.column.more,
      width: 80,
      cell: ({ id, name }) => (
        <ActionIcon
          variant="default"
          size="lg"
          aria-expanded={open === id}
          aria-label={open === id ? t.collapse(name) : t.expand(name)}
          onClick={() => toggle(id)}
        >
          {open === id ? <Minus size={16} /> : <Plus size={16} />}
        </ActionIcon>
      ),
    },
  ]
}

function NameCell({ provider }: { readonly provider: IdentityProvider }) {
  const { name, scim, autoProvisioning, certificatesUntil } = provider
  const { identityProviders: t } = useTexts()
  return (
    <Stack gap={2}>
      <Text span fw={600} style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Text>
      {scim && (
        <Group gap={4}>
          <Badge size="sm" miw="max-content" color={autoProvisioning ? 'teal.9' : 'gray.7'} tt="none">
            {autoProvisioning ? t.provisioningOn : t.provisioningOff}
          </Badge>
          {certificatesUntil && <ExpiryBadge notAfter={certificatesUntil} of={t.certificate} />}
        </Group>
      )}
    </Stack>
  )
}
