import { Badge, Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  SigningKeys as Keys,
  SigningKey,
} from '../../../../src/http/portal/applications/signing-key-contract.ts'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'

const KEY = ['signing-keys'] as const
/** A key changes its state minutes after the request, so the list is polled. */
const REFETCH_MILLISECONDS = 30_000

/** The keys that sign `Remote-Token`: state, rotation and revocation. */
export function SigningKeys() {
  const { signingKeys: t } = useTexts()
  const mayChange = useMay('admin')
  const [isRotating, setRotating] = useState(false)
  const [revoking, setRevoking] = useState<SigningKey>()
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<Keys>('/signing-keys', {}, signal),
    refetchInterval: REFETCH_MILLISECONDS,
  })
  const hasNext = data?.items.some(({ state }) => state === 'next') ?? false
  return (
    <Stack mt="xl" gap="sm">
      <Group justify="space-between">
        <Title order={2}>{t.title}</Title>
        {mayChange && data && (
          <Button variant="default" disabled={hasNext} onClick={() => setRotating(true)}>
            {t.rotate} …
          </Button>
        )}
      </Group>
      <Text size="sm">{t.about}</Text>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data && (
        <Stack maw={720} gap="sm">
          <CopyField label={t.issuer} value={data.issuer} />
          <CopyField label={t.keysUrl} value={data.keysUrl} />
        </Stack>
      )}
      {hasNext && <Text size="sm">{t.rotating}</Text>}
      <DataTable
        caption={t.title}
        columns={useColumns(mayChange ? setRevoking : undefined)}
        rows={data?.items}
        rowKey={({ id }) => id}
        empty={<Text size="sm">{t.none}</Text>}
      />
      <RotateDialog opened={isRotating} onClose={() => setRotating(false)} />
      <RevokeDialog revoking={revoking} onClose={() => setRevoking(undefined)} />
    </Stack>
  )
}

const COLORS = { next: 'navy.7', signing: 'teal.9', retiring: 'gray.7' }

function useColumns(onRevoke: ((key: SigningKey) => void) | undefined): Column<SigningKey>[] {
  const { signingKeys: t } = useTexts()
  const columns: Column<SigningKey>[] = [
    { key: 'id', title: t.key, cell: ({ id }) => <Code>{id}</Code> },
    { key: 'state', title: t.status, cell: (key) => <Status of={key} /> },
    { key: 'created', title: t.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  ]
  if (!onRevoke) return columns
  const revoke: Column<SigningKey> = {
    key: 'actions',
    title: t.actions,
    width: 110,
    cell: (key) => (
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={t.revokeOf(key.id)}
        onClick={() => onRevoke(key)}
      >
        {t.revokeShort} …
      </Button>
    ),
  }
  return [...columns, revoke]
}

function Status({ of: { state, signsFrom, publishedUntil } }: { readonly of: SigningKey }) {
  const { signingKeys: t } = useTexts()
  return (
    <Group gap={6}>
      <Badge color={COLORS[state]} tt="none">
        {t.state[state]}
      </Badge>
      {state !== 'signing' && (
        <Text size="sm">
          {state === 'next' ? t.signsFrom : t.publishedUntil}{' '}
          <Time at={state === 'next' ? signsFrom : publishedUntil} />
        </Text>
      )}
    </Group>
  )
}

function useChange() {
  const queries = useQueryClient()
  return async (path: string, message: string) => {
    queries.setQueryData(KEY, await api.post<Keys>(`/signing-keys${path}`))
    notifications.show({ message })
  }
}

function RotateDialog(dialog: { readonly opened: boolean; readonly onClose: () => void }) {
  const { signingKeys: t } = useTexts()
  const change = useChange()
  return (
    <ConfirmDialog
      {...dialog}
      title={t.rotateTitle}
      action={t.rotate}
      isDestructive={false}
      onConfirm={() => change('', t.rotated)}
    >
      {t.rotateText}
    </ConfirmDialog>
  )
}

interface RevokeDialogProps {
  readonly revoking: SigningKey | undefined
  readonly onClose: () => void
}

function RevokeDialog({ revoking, onClose }: RevokeDialogProps) {
  const { signingKeys: t } = useTexts()
  const change = useChange()
  if (!revoking) return null
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t.revokeTitle}
      action={t.revoke}
      onConfirm={() => change(`/${revoking.id}/revoke`, t.revoked)}
    >
      <Stack gap="sm">
        <Code style={{ overflowWrap: 'anywhere' }}>{revoking.id}</Code>
        <Text>{t.revokeText[revoking.state]}</Text>
      </Stack>
    </ConfirmDialog>
  )
}
