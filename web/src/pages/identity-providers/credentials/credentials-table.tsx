import { Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type {
  Credential,
  IssuedCredential,
} from '../../../../../src/http/portal/identity-providers/credential-contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { credentialsQuery, type IdentityProvider, issuedKey, PROVIDERS_KEY } from '../queries.ts'
import { DatedRows, isLastLive } from './dated-rows.tsx'
import { ExpiryField, endOf } from './expiry-field.tsx'
import { RetireDialog } from './retire-dialog.tsx'

/** The SCIM credentials of an identity provider. Several can be valid at once; each is retired on its own. */
export function CredentialsTable({ provider }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t } = useTexts()
  const { data, error, refetch } = useQuery(credentialsQuery(provider.id))
  const mayChange = useMay('admin')
  const [isRotating, setRotating] = useState(false)
  const [retiring, setRetiring] = useState<Credential>()
  const items = data?.items ?? []
  const queries = useQueryClient()
  const retire = async ({ id }: Credential) => {
    await api.post(`/identity-providers/${provider.id}/credentials/${id}/retire`)
    await queries.invalidateQueries({ queryKey: PROVIDERS_KEY })
  }
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
      {items.length > 0 && (
        <DatedRows
          caption={t.credentials}
          nameHead={t.keyColumn}
          items={items}
          nameOf={({ key }) => <Code title={key}>{shortened(key)}</Code>}
          onRetire={mayChange ? setRetiring : undefined}
        />
      )}
      <RotateDialog provider={provider} opened={isRotating} onClose={() => setRotating(false)} />
      {retiring && (
        <RetireDialog
          name={shortened(retiring.key)}
          lastUsedAt={retiring.lastUsedAt}
          texts={t}
          isLast={isLastLive(items, retiring)}
          onRetire={() => retire(retiring)}
          onClose={() => setRetiring(undefined)}
        />
      )}
    </Stack>
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
    const issued = await api.post<IssuedCredential>(`/identity-providers/${id}/credentials`, {
      expiresAt: endOf(day),
    })
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
        <ExpiryField day={day} onChange={setDay} />
      </Stack>
    </ConfirmDialog>
  )
}
