import { Alert, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Domain, Domains } from '../../../../src/http/portal/tenant/domain-contract.ts'
import { api } from '../../api/client.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { ProviderSelect } from './provider-select.tsx'
import { DOMAINS_KEY } from './queries.ts'

const COLOURS = { pending: 'gray.7', verified: 'teal.9', lost: 'red.9' } as const

interface DomainCardProps {
  readonly domain: Domain
  /** Undefined for read-only roles. */
  readonly onRemove: ((domain: Domain) => void) | undefined
}

/** State of a domain, the DNS record to add until it is verified, and its identity provider. */
export function DomainCard({ domain, onRemove }: DomainCardProps) {
  const { tenantSettings } = useTexts()
  const texts = tenantSettings.domains
  const { check, lead } = useDomainActions(domain)
  const isMissing = domain.missingSince !== null
  return (
    <Paper withBorder p="md" component="article" aria-label={domain.domain}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={3} size="h4" style={{ overflowWrap: 'anywhere' }}>
              {domain.domain}
            </Title>
            <Badge autoContrast={false} color={isMissing ? '#b34700' : COLOURS[domain.state]}>
              {isMissing ? texts.state.missing : texts.state[domain.state]}
            </Badge>
          </Group>
          {onRemove && (
            <Button
              variant="default"
              size="compact-sm"
              aria-label={texts.removeOf(domain.domain)}
              onClick={() => onRemove(domain)}
            >
              {texts.remove}
            </Button>
          )}
        </Group>
        <Text size="sm">{texts.consequence[isMissing ? 'missing' : domain.state]}</Text>
        {domain.leadsUntil && (
          <Alert color="orange" variant="light">
            {texts.leadsUntil} <Time at={domain.leadsUntil} />
          </Alert>
        )}
        <ProviderSelect
          value={domain.idpId}
          disabled={!onRemove || lead.isPending}
          onChange={(idpId) => lead.mutate(idpId)}
        />
        <ProblemAlert error={lead.error ?? check.error} />
        {(domain.state !== 'verified' || isMissing) && <DnsRecord domain={domain} />}
        {onRemove && (
          <Group>
            <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
              {texts.check}
            </Button>
            {domain.checkedAt && (
              <Text size="sm" c="dimmed">
                {texts.checked} <Time at={domain.checkedAt} relative />
              </Text>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  )
}

function DnsRecord({ domain: { record } }: { readonly domain: Domain }) {
  const { tenantSettings } = useTexts()
  const texts = tenantSettings.domains
  return (
    <Stack gap="xs">
      <Text size="sm">{texts.putIntoDns}</Text>
      <CopyField label={texts.recordName} value={record.name} />
      <CopyField label={texts.recordValue} value={record.value} />
    </Stack>
  )
}

function useDomainActions({ id }: Domain) {
  const { tenantSettings, common } = useTexts()
  const texts = tenantSettings.domains
  const queries = useQueryClient()
  const keep = (changed: Domain) =>
    queries.setQueryData<Domains>(DOMAINS_KEY, (old) => ({
      items: (old?.items ?? []).map((one) => (one.id === changed.id ? changed : one)),
    }))
  const check = useMutation({
    mutationFn: () => api.post<Domain>(`/domains/${id}/check`),
    onSuccess: (changed) => {
      keep(changed)
      const isThere = changed.state === 'verified' && changed.missingSince === null
      notifications.show({ message: isThere ? texts.found(changed.domain) : texts.notFound(changed.domain) })
    },
  })
  const lead = useMutation({
    mutationFn: (idpId: string | null) => api.patch<Domain>(`/domains/${id}`, { idpId }),
    onSuccess: (changed) => {
      keep(changed)
      notifications.show({ message: common.saved })
    },
  })
  return { check, lead }
}
