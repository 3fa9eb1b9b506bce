import { Alert, Badge, Button, Code, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Credential, IssuedCredential } from '../../../../src/http/portal/contract/credential.ts'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'
import { credentialsQuery, type IdentityProvider, issuedKey, PROVIDERS_KEY } from './queries.ts'

type State = 'live' | 'expired' | 'retired'

function stateOf({ retiredAt, expiresAt }: Credential): State {
  if (retiredAt) return 'retired'
  return expiresAt && new Date(expiresAt).getTime() <= Date.now() ? 'expired' : 'live'
}

/** The sets of SCIM credentials of one identity provider; made beside each other, and retired one by one. */
export function CredentialsTable({ provider }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t } = useTexts()
  const { data, error, refetch } = useQuery(credentialsQuery(provider.id))
  const mayChange = useMay('admin')
  const [isRotating, setRotating] = useState(false)
  const [retiring, setRetiring] = useState<Credential>()
  const items = data?.items ?? []
  const live = items.filter((credential) => stateOf(credential) === 'live').length
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t.credentials}
        </Title>
        {mayChange && items.length > 0 && (
          <Button variant="default" size="xs" onClick={() => setRotating(true)}>
            {t.rotate} …
          </Button>
        )}
      </Group>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noCredentials}
        </Text>
      )}
      {items.length > 0 && <Rows items={items} onRetire={mayChange ? setRetiring : undefined} />}
      <RotateDialog provider={provider} opened={isRotating} onClose={() => setRotating(false)} />
      {retiring && (
        <RetireDialog
          provider={provider}
          credential={retiring}
          isLast={live === 1 && stateOf(retiring) === 'live'}
          onClose={() => setRetiring(undefined)}
        />
      )}
    </Stack>
  )
}

interface RowsProps {
  readonly items: readonly Credential[]
  readonly onRetire: ((credential: Credential) => void) | undefined
}

const COLOURS: Record<State, string> = { live: 'teal.9', expired: 'red.9', retired: 'gray.7' }

function Rows({ items, onRetire }: RowsProps) {
  const { identityProviders: t } = useTexts()
  const heads = [t.keyColumn, t.state, t.created, t.expires, t.lastUsed]
  return (
    <Table.ScrollContainer minWidth={760} type="native">
      <Table fz="sm" verticalSpacing={6}>
        <Table.Caption hidden>{t.credentials}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
            {onRetire && <Table.Td />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((credential) => (
            <Table.Tr key={credential.id}>
              <Table.Td>
                <Code title={credential.key}>{shortened(credential.key)}</Code>
              </Table.Td>
              <Table.Td>
                <Badge color={COLOURS[stateOf(credential)]} tt="none">
                  {t[stateOf(credential)]}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Time at={credential.createdAt} relative />
              </Table.Td>
              <Table.Td>
                <Time at={credential.expiresAt} />
              </Table.Td>
              <Table.Td>
                <Time at={credential.lastUsedAt} relative />
              </Table.Td>
              {onRetire && (
                <Table.Td ta="right">
                  {!credential.retiredAt && (
                    <Button variant="subtle" size="compact-sm" onClick={() => onRetire(credential)}>
                      {t.retire} …
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function shortened(key: string): string {
  return `${key.slice(0, 12)}…${key.slice(-4)}`
}

interface DialogProps {
  readonly provider: IdentityProvider
  readonly onClose: () => void
}

function RotateDialog({ provider: { id }, opened, onClose }: DialogProps & { readonly opened: boolean }) {
  const { identityProviders: t } = useTexts()
  const [day, setDay] = useState('')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const rotate = async () => {
    const expiresAt = day ? new Date(`${day}T23:59:59`).toISOString() : null
    const issued = await api.post<IssuedCredential>(`/identity-providers/${id}/credentials`, { expiresAt })
    queries.setQueryData(issuedKey(id), issued)
    void queries.invalidateQueries({ queryKey: credentialsQuery(id).queryKey })
    await navigate({ to: '/identity-providers/$id/credentials', params: { id } })
  }
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t.rotateTitle}
      action={t.rotate}
      isDestructive={false}
      onConfirm={rotate}
    >
      <Stack gap="sm">
        <Text>{t.rotateText}</Text>
        <TextInput
          type="date"
          label={t.rotateExpiry}
          description={t.rotateExpiryHelp}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  )
}

interface RetireDialogProps extends DialogProps {
  readonly credential: Credential
  readonly isLast: boolean
}

function RetireDialog({ provider: { id }, credential, isLast, onClose }: RetireDialogProps) {
  const { identityProviders: t, common } = useTexts()
  const { locale } = useLanguage()
  const queries = useQueryClient()
  const { lastUsedAt } = credential
  const lastUsed = lastUsedAt ? new Date(lastUsedAt).toLocaleString(locale) : common.never
  const retire = async () => {
    await api.post(`/identity-providers/${id}/credentials/${credential.id}/retire`)
    await queries.invalidateQueries({ queryKey: PROVIDERS_KEY })
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t.retireTitle(shortened(credential.key))}
      action={t.retire}
      onConfirm={retire}
    >
      <Stack gap="sm">
        <Text>{t.retireText(lastUsed)}</Text>
        {isLast && (
          <Alert color="red" variant="light">
            {t.retireLast}
          </Alert>
        )}
      </Stack>
    </ConfirmDialog>
  )
}
