import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { UserCheck } from 'lucide-react'
import type { WaitingUsers } from '../../../../../src/http/portal/users/enrolment-contract.ts'
import { type Column, DataTable } from '../../../components/data-table.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { PlaceLink } from '../../../components/place-link.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { waitingQuery } from '../queries.ts'
import { ActivateButton } from '../user/activate-button.tsx'

type Waiting = WaitingUsers['items'][number]
const REFRESH_MILLISECONDS = 15_000

/** Users who have enrolled and are pending activation by an administrator. */
export function WaitingPage() {
  const { users } = useTexts()
  const { data, error, refetch } = useQuery({ ...waitingQuery, refetchInterval: REFRESH_MILLISECONDS })
  return (
    <>
      <Anchor component={Link} to="/users" size="sm">
        {`← ${users.title}`}
      </Anchor>
      <PageHeader title={users.waiting.title} about={users.waiting.about} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <DataTable
        caption={users.waiting.title}
        columns={useColumns()}
        rows={data?.items}
        rowKey={({ id }) => id}
        empty={
          <EmptyState icon={UserCheck} title={users.waiting.emptyTitle} text={users.waiting.emptyText} />
        }
      />
      {data?.more && (
        <Text size="sm" c="dimmed" mt="sm">
          {users.waiting.more(data.items.length)}
        </Text>
      )}
    </>
  )
}

function useColumns(): Column<Waiting>[] {
  const { users } = useTexts()
  const mayChange = useMay('admin')
  const columns: Column<Waiting>[] = [
    {
      key: 'userName',
      title: users.userName,
      cell: ({ id, userName, displayName }) => (
        <div style={{ minWidth: 140 }}>
          <Text size="sm" span>
            <PlaceLink to={`/users/${id}`}>{userName}</PlaceLink>
          </Text>
          {displayName && (
            <Text size="xs" c="dimmed">
              {displayName}
            </Text>
          )}
        </div>
      ),
    },
    {
      key: 'identityProvider',
      title: users.identityProvider,
      cell: ({ identityProvider }) => <Text size="sm">{identityProvider}</Text>,
    },
    {
      key: 'enrolledAt',
      title: users.waiting.since,
      cell: ({ enrolledAt }) => <Time at={enrolledAt} relative />,
    },
  ]
  if (!mayChange) return columns
  return [
    ...columns,
    {
      key: 'activate',
      title: users.waiting.activate,
      width: 140,
      cell: (user) => <ActivateButton user={user} />,
    },
  ]
}
