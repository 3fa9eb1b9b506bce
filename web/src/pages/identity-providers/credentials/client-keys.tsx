import { Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ClientKey } from '../../../../../src/http/portal/identity-providers/credential-contract.ts'
import { api } from '../../../api/client.ts'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { clientKeysQuery, type IdentityProvider } from '../queries.ts'
import { AddKeysDialog } from './client-key-dialogs.tsx'
import { DatedRows, isLastLive } from './dated-rows.tsx'
import { RetireDialog } from './retire-dialog.tsx'

/** Public keys of a client that signs its token requests (private_key_jwt). */
export function ClientKeys({ provider }: { readonly provider: IdentityProvider }) {
  const { clientKeys: t } = useTexts().identityProviders
  const { data, error, refetch } = useQuery(clientKeysQuery(provider.id))
  const mayChange = useMay('admin')
  const [isAdding, setAdding] = useState(false)
  const [retiring, setRetiring] = useState<ClientKey>()
  const items = data?.items ?? []
  const queries = useQueryClient()
  const retire = async ({ id }: ClientKey) => {
    await api.post(`/identity-providers/${provider.id}/client-keys/${id}/retire`)
    await queries.invalidateQueries({ queryKey: clientKeysQuery(provider.id).queryKey })
  }
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {t.title}
          </Title>
          <Text size="sm" c="dimmed">
            {t.about}
          </Text>
        </div>
        {mayChange && (
          <Button variant="default" size="xs" onClick={() => setAdding(true)}>
            {t.add} …
          </Button>
        )}
      </Group>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data && items.length === 0 && <Text size="sm">{t.none}</Text>}
      {items.length > 0 && (
        <DatedRows
          caption={t.title}
          nameHead={t.kid}
          items={items}
          nameOf={({ kid, kind }) => (
            <>
              <Code title={kid}>{shortened(kid)}</Code> {kind}
            </>
          )}
          onRetire={mayChange ? setRetiring : undefined}
        />
      )}
      {isAdding && <AddKeysDialog idpId={provider.id} onClose={() => setAdding(false)} />}
      {retiring && (
        <RetireDialog
          name={retiring.kid}
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

function shortened(kid: string): string {
  return kid.length > 24 ? `${kid.slice(0, 16)}…${kid.slice(-4)}` : kid
}
