import { Badge, Button, Code, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import type { ApiKey, ApiKeys } from '../../../../src/http/portal/api-keys/contract.ts'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { NewApiKeyDialog } from './new-api-key-dialog.tsx'
import { API_KEYS_KEY } from './queries.ts'

/** Tenant › API keys. */
export function ApiKeysPage() {
  const { tenant } = useTexts()
  const texts = tenant.apiKeys
  const queries = useQueryClient()
  const mayChange = useMay('owner')
  const [isCreating, setCreating] = useState(false)
  const [doomed, setDoomed] = useState<ApiKey>()
  const list = useQuery({ queryKey: API_KEYS_KEY, queryFn: () => api.get<ApiKeys>('/api-keys') })
  const revoke = async ({ id, name }: ApiKey) => {
    await api.delete(`/api-keys/${id}`)
    notifications.show({ message: texts.revoked(name) })
    await queries.invalidateQueries({ queryKey: API_KEYS_KEY })
  }
  const create = mayChange && (
    <MainButton leftSection={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {texts.create}
    </MainButton>
  )
  const isEmpty = list.data?.items.length === 0
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} actions={!isEmpty && create} />
      <ProblemAlert error={list.error} />
      <DataTable
        caption={texts.caption}
        columns={useColumns(mayChange ? setDoomed : undefined)}
        rows={list.data?.items}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={KeyRound} title={texts.emptyTitle} text={texts.emptyText} action={create} />}
      />
      <NewApiKeyDialog opened={isCreating} onClose={() => setCreating(false)} />
      <ConfirmDialog
        opened={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={texts.revokeTitle(doomed?.name ?? '')}
        action={texts.revoke}
        onConfirm={async () => doomed && revoke(doomed)}
      >
        {texts.revokeText}
      </ConfirmDialog>
    </>
  )
}

function useColumns(onRevoke: ((key: ApiKey) => void) | undefined): Column<ApiKey>[] {
  const { tenant } = useTexts()
  const texts = tenant.apiKeys
  const columns: Column<ApiKey>[] = [
    {
      key: 'name',
      title: texts.name,
      cell: ({ name, createdBy }) => (
        <div>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {texts.by(createdBy)}
          </Text>
        </div>
      ),
    },
    { key: 'role', title: texts.role, cell: (key) => <RoleOfKey apiKey={key} /> },
    { key: 'ending', title: texts.ending, cell: ({ ending }) => <Code>…{ending}</Code> },
    { key: 'created', title: texts.created, cell: ({ createdAt }) => <Time at={createdAt} relative /> },
    {
      key: 'expires',
      title: texts.expires,
      cell: ({ expiresAt }) =>
        expiresAt && Date.parse(expiresAt) < Date.now() ? (
          <Badge color="red.9">{texts.expired}</Badge>
        ) : (
          <Time at={expiresAt} relative />
        ),
    },
    { key: 'used', title: texts.used, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} relative /> },
  ]
  if (!onRevoke) return columns
  return [
    ...columns,
    {
      key: 'actions',
      title: tenant.actions,
      width: 110,
      cell: (key) => (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={texts.revokeOf(key.name)}
          onClick={() => onRevoke(key)}
        >
          {texts.revoke}
        </Button>
      ),
    },
  ]
}

/** A key has at most its creator's role, which may have changed since. */
function RoleOfKey({ apiKey: { role, effectiveRole, createdBy } }: { readonly apiKey: ApiKey }) {
  const { tenant, common } = useTexts()
  const texts = tenant.apiKeys
  if (role === effectiveRole) return common.role[role]
  return (
    <div>
      <Text size="sm">{common.role[role]}</Text>
      <Text size="xs" c="dimmed">
        {effectiveRole === null
          ? texts.refused(createdBy)
          : texts.limited(common.role[effectiveRole], createdBy)}
      </Text>
    </div>
  )
}
