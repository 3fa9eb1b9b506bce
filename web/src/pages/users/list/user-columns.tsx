import { Checkbox, Stack, Text } from '@mantine/core'
import type { UserPage, UserSummary } from '../../../../../src/http/portal/users/contract.ts'
import type { Column } from '../../../components/data-table.tsx'
import { PlaceLink } from '../../../components/place-link.tsx'
import { Time } from '../../../components/time.tsx'
import type { Texts } from '../../../texts/en.ts'
import { AccessSwitch } from '../user/access-switch.tsx'
import { StatusBadge } from '../user/status-badge.tsx'
import type { Selection } from './selection.ts'

interface ColumnsOptions {
  readonly texts: Texts
  readonly mayChange: boolean
  readonly page: UserPage | undefined
  readonly selection: Selection
}

export function userColumns({ texts, mayChange, page, selection }: ColumnsOptions): Column<UserSummary>[] {
  const { users } = texts
  const columns: Column<UserSummary>[] = [
    { key: 'userName', title: users.userName, sortable: true, cell: (user) => <NameCell user={user} /> },
    {
      key: 'displayName',
      title: users.displayName,
      sortable: true,
      cell: ({ displayName }) => (
        <Text size="sm" miw={120} style={{ overflowWrap: 'anywhere' }}>
          {displayName ?? texts.common.none}
        </Text>
      ),
    },
    {
      key: 'identityProvider',
      title: users.identityProvider,
      cell: ({ identityProvider }) => <Text size="sm">{identityProvider.name}</Text>,
    },
    {
      key: 'status',
      title: users.status,
      width: 130,
      cell: (user) => <StatusCell user={user} texts={texts} />,
    },
    {
      key: 'created',
      title: users.created,
      width: 130,
      sortable: true,
      cell: (user) => <Time at={user.createdAt} relative />,
    },
    {
      key: 'changed',
      title: users.changed,
      width: 130,
      sortable: page?.sorts.includes('changed') ?? true,
      cell: (user) => <Time at={user.changedAt} relative />,
    },
  ]
  if (!mayChange) return columns
  return [
    selectColumn(texts, page?.items ?? [], selection),
    ...columns,
    { key: 'access', title: users.access, width: 80, cell: (user) => <AccessSwitch user={user} /> },
  ]
}

function selectColumn(
  { users }: Texts,
  rows: readonly UserSummary[],
  { has, toggle, setAll }: Selection,
): Column<UserSummary> {
  const chosen = rows.filter(({ id }) => has(id)).length
  return {
    key: 'select',
    title: '',
    width: 40,
    head: (
      <Checkbox
        aria-label={users.selectPage}
        checked={rows.length > 0 && chosen === rows.length}
        indeterminate={chosen > 0 && chosen < rows.length}
        onChange={(event) =>
          setAll(
            rows.map(({ id }) => id),
            event.currentTarget.checked,
          )
        }
      />
    ),
    cell: ({ id, userName }) => (
      <Checkbox aria-label={users.selectOne(userName)} checked={has(id)} onChange={() => toggle(id)} />
    ),
  }
}

function NameCell({ user: { id, userName, email } }: { readonly user: UserSummary }) {
  return (
    <Stack gap={0} miw={230}>
      <Text size="sm" fw={500} component="span">
        <PlaceLink to={`/users/${id}`}>{userName}</PlaceLink>
      </Text>
      {email && email !== userName && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {email}
        </Text>
      )}
    </Stack>
  )
}

/** Whether the user can sign in, and who decided it. */
function StatusCell({ user, texts: { users } }: { readonly user: UserSummary; readonly texts: Texts }) {
  return (
    <Stack gap={2} align="flex-start" miw={120}>
      <StatusBadge status={user.status} />
      {user.status !== 'active' && (
        <Text size="xs" c="dimmed">
          {users.statusHints[user.status]}
        </Text>
      )}
    </Stack>
  )
}
