import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Network } from 'lucide-react'
import type { IdpHealth } from '../../../../src/http/portal/overview/contract.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { ExpiryBadge, endsSoon } from '../identity-providers/details/certificates.tsx'

const COLORS = { ok: 'teal.9', failing: 'red.9', late: 'red.9', never: 'gray.7', off: 'gray.7' }

/** Sync health of each identity provider. */
export function SyncHealth({ idps }: { readonly idps: readonly IdpHealth[] | undefined }) {
  const { overview } = useTexts()
  if (!idps) return <Skeleton height={120} />
  if (!idps.some(({ type }) => type !== 'local'))
    return (
      <EmptyState
        icon={Network}
        title={overview.noIdpTitle}
        text={overview.noIdpText}
        action={
          <Button component={Link} to="/identity-providers" variant="default">
            {overview.toIdps}
          </Button>
        }
      />
    )
  return (
    <Stack gap="sm">
      {idps.map((idp) => (
        <Line key={idp.id} idp={idp} />
      ))}
    </Stack>
  )
}

function Line({ idp }: { readonly idp: IdpHealth }) {
  const { id, name, state, users, lastSyncAt, certificatesUntil } = idp
  const { overview, identityProviders } = useTexts()
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <div style={{ minWidth: 0 }}>
        <PlaceLink to={`/identity-providers/${id}/provisioning`}>{name}</PlaceLink>
        <Text size="xs" c="dimmed" component="div">
          {overview.usersOf(users)} · {overview.lastSync}: <Time at={lastSyncAt} relative />
        </Text>
        {certificatesUntil && endsSoon(certificatesUntil) && (
          <Text size="xs" fw={600} component="div">
            <ExpiryBadge notAfter={certificatesUntil} of={identityProviders.certificate} />{' '}
            {overview.certificatesEnd} <Time at={certificatesUntil} />
          </Text>
        )}
      </div>
      <Badge color={COLORS[state]} c="white" style={{ flexShrink: 0 }}>
        {overview.syncStates[state]}
      </Badge>
    </Group>
  )
}
