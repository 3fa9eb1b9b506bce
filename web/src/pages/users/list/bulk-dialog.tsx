import { Alert, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import type { Job } from '../../../../../src/http/portal/jobs/contract.ts'
import type { UserAction, UserCount } from '../../../../../src/http/portal/users/contract.ts'
import { api, type Query } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { JOBS_KEY } from '../../jobs/running-jobs.tsx'

interface BulkDialogProps {
  /** Undefined: closed. */
  readonly action: UserAction | undefined
  /** Undefined means all users that match the filters. */
  readonly ids: readonly string[] | undefined
  readonly filter: Query
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Share of the organization above which the dialog warns. */
const LARGE_PERCENT = 20

/** Confirms a bulk action, with the number of users and the consequence. */
export function BulkDialog({ action, ids, filter, onClose, onDone }: BulkDialogProps) {
  const { bulk } = useTexts().users
  const queries = useQueryClient()
  const count = useQuery({
    queryKey: ['users-count', filter],
    queryFn: ({ signal }) => api.get<UserCount>('/users/count', filter, signal),
    enabled: action !== undefined,
    gcTime: 0,
    staleTime: 0,
  })
  if (!action) return null
  const all = count.data?.all
  const meant = ids?.length ?? (count.isFetching ? undefined : count.data?.matching)
  const percent = meant !== undefined && all ? Math.round((meant / all) * 100) : 0
  const takesAccess = action === 'disable' || action === 'delete'
  const isLarge = percent > LARGE_PERCENT && takesAccess
  const title = meant === undefined ? bulk.counting : bulk.titles[action](meant)
  const start = async () => {
    const wish = ids ? { action, ids } : { action, filter, confirmedCount: meant ?? 0 }
    await api.post<Job>('/users/bulk-actions', wish)
    await queries.invalidateQueries({ queryKey: JOBS_KEY })
    onDone()
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={title}
      action={title}
      isDestructive={takesAccess}
      {...((isLarge || action === 'delete' || meant === undefined) && { nameToType: String(meant ?? '…') })}
      onConfirm={start}
    >
      <Stack gap="sm">
        <ProblemAlert error={count.error} />
        <Text size="sm" fw={600}>
          {meant !== undefined && all !== undefined ? bulk.share(meant, all) : bulk.counting}
        </Text>
        {isLarge && (
          <Alert
            color="red"
            variant="light"
            icon={<TriangleAlert size={20} aria-hidden />}
            title={
              <Text inherit c="var(--mantine-color-text)">
                {bulk.large(percent)}
              </Text>
            }
          >
            <Text size="sm">{bulk.largeText}</Text>
          </Alert>
        )}
        <Text size="sm">{bulk.consequences[action]}</Text>
        <Text size="sm">{bulk.background}</Text>
      </Stack>
    </ConfirmDialog>
  )
}
