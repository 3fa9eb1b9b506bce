import { Badge, Group, Select, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import type {
  Administrator,
  AdministratorChange,
  Administrators,
} from '../../../../src/http/portal/administrators/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Time } from '../../components/time.tsx'
import { useMay, useMe } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { AdministratorActions } from './administrator-actions.tsx'
import { InvitationList } from './invitation-list.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { type IssuedLink, LinkDialog } from './link-dialog.tsx'
import { ADMINISTRATORS_KEY, ROLES } from './queries.ts'

/** Tenant › Users: administrators and open invitations. */
export function AdministratorsPage() {
  const { tenant } = useTexts()
  const texts = tenant.administrators
  const mayChange = useMay('owner')
  const [isInviting, setInviting] = useState(false)
  const [handed, setHanded] = useState<IssuedLink>()
  const list = useQuery({
    queryKey: ADMINISTRATORS_KEY,
    queryFn: () => api.get<Administrators>('/administrators'),
  })
  const change = useRoleChange()
  const columns = useColumns({
    onChange: (administrator, role) => change.mutate({ administrator, body: { role } }),
    onHanded: setHanded,
  })
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          mayChange && (
            <MainButton leftSection={<UserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
              {texts.invite}
            </MainButton>
          )
        }
      />
      <Stack gap="xl">
        <div>
          <ProblemAlert error={list.error ?? change.error} />
          <DataTable
            caption={texts.caption}
            columns={columns}
            rows={list.data?.items}
            rowKey={({ id }) => id}
          />
        </div>
        <div>
          <Title order={2} mb="xs">
            {tenant.invitations.title}
          </Title>
          <InvitationList onHanded={setHanded} />
        </div>
      </Stack>
      <InviteDialog opened={isInviting} onClose={() => setInviting(false)} onHanded={setHanded} />
      <LinkDialog handed={handed} onClose={() => setHanded(undefined)} />
    </>
  )
}

function useRoleChange() {
  const { tenant } = useTexts()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ administrator, body }: { administrator: Administrator; body: AdministratorChange }) =>
      api.patch<Administrator>(`/administrators/${administrator.id}`, body),
    onSuccess: ({ name }) => notifications.show({ message: tenant.administrators.changed(name) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ADMINISTRATORS_KEY }),
  })
}

type Role = Administrator['role']

interface ColumnHooks {
  readonly onChange: (administrator: Administrator, role: Role) => void
  readonly onHanded: (handed: IssuedLink) => void
}

function useColumns({ onChange, onHanded }: ColumnHooks): Column<Administrator>[] {
  const { tenant, common } = useTexts()
  const texts = tenant.administrators
  const me = useMe().administrator
  const mayChange = useMay('owner')
  const columns: Column<Administrator>[] = [
    {
      key: 'name',
      title: texts.name,
      cell: ({ id, name, email }) => (
        <div>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" fw={600}>
              {name}
            </Text>
            {id === me.id && <Badge color="navy.8">{texts.you}</Badge>}
          </Group>
          <Text size="xs" c="dimmed">
            {email}
          </Text>
        </div>
      ),
    },
    {
      key: 'role',
      title: texts.role,
      width: 220,
      cell: (administrator) =>
        mayChange ? (
          <Select
            aria-label={texts.roleOf(administrator.name)}
            size="xs"
            miw={190}
            allowDeselect={false}
            data={ROLES.map((value) => ({ value, label: common.role[value] }))}
            value={administrator.role}
            onChange={(role) => role && onChange(administrator, role as Role)}
          />
        ) : (
          common.role[administrator.role]
        ),
    },
    {
      key: 'factors',
      title: texts.factors,
      cell: ({ factors }) =>
        factors > 0 ? (
          <Badge color="teal.9">{texts.hasFactors(factors)}</Badge>
        ) : (
          <Badge color="gray.7">{texts.noFactor}</Badge>
        ),
    },
    { key: 'seen', title: texts.seen, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} relative /> },
    {
      key: 'state',
      title: texts.state,
      cell: ({ disabled }) => (
        <Badge color={disabled ? 'red.9' : 'teal.9'}>{disabled ? texts.disabled : texts.enabled}</Badge>
      ),
    },
  ]
  if (!mayChange) return columns
  return [
    ...columns,
    {
      key: 'actions',
      title: tenant.actions,
      width: 60,
      cell: (administrator) => <AdministratorActions administrator={administrator} onHanded={onHanded} />,
    },
  ]
}
