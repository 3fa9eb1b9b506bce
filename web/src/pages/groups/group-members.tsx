import { ActionIcon, Badge, Group as Row, Text, Tooltip, VisuallyHidden } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { UserMinus } from 'lucide-react'
import type { Group, Member, MemberChange, MemberPage } from '../../../../src/http/portal/groups/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { useNotifyWithUndo } from '../../components/notify-with-undo.tsx'
import { Pager } from '../../components/pager.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import type { Texts } from '../../texts/en.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { useRefreshUsers } from '../users/queries.ts'
import { Section } from '../users/user/section.tsx'
import { StatusBadge } from '../users/user/status-badge.tsx'
import { AddMember } from './add-member.tsx'

const PAGE = 25

interface GroupMembersProps {
  readonly group: Group
  readonly mayChange: boolean
}

/** Members of a group, page by page; members of a local group can be added and removed. */
export function GroupMembers({ group, mayChange }: GroupMembersProps) {
  const texts = useTexts()
  const { detail } = texts.groups
  const { after } = useSearch({ from: '/app/groups/$id' })
  const navigate = useNavigate({ from: '/groups/$id' })
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['group', group.id, 'members', after],
    queryFn: ({ signal }) =>
      api.get<MemberPage>(`/groups/${group.id}/members`, { after, limit: PAGE }, signal),
    placeholderData: keepPreviousData,
  })
  const change = useMemberChange(group)
  const remove = mayChange ? (member: Member) => change.mutate({ member, kind: 'remove' }) : undefined
  return (
    <Section title={detail.members}>
      <Row mb="xs" mih={30} gap="sm">
        {mayChange && (
          <AddMember group={group} onAdd={(member) => change.mutateAsync({ member, kind: 'add' })} />
        )}
        <PlaceLink to="/users" search={{ groupId: group.id }}>
          <Text size="sm" span>
            {detail.showUsers}
          </Text>
        </PlaceLink>
      </Row>
      <ProblemAlert error={error ?? change.error} onRetry={() => void refetch()} />
      <DataTable
        caption={detail.membersCaption}
        columns={memberColumns(texts, remove)}
        rows={data?.items}
        rowKey={({ id }) => id}
        isStale={isPlaceholderData}
        empty={<Text size="sm">{detail.noMembers}</Text>}
      />
      <Pager
        after={after}
        next={data?.next}
        onPage={(next) => void navigate({ search: next ? { after: next } : {}, resetScroll: false })}
      />
    </Section>
  )
}

function memberColumns(
  { groups, users }: Texts,
  onRemove: ((member: Member) => void) | undefined,
): Column<Member>[] {
  const { detail } = groups
  const columns: Column<Member>[] = [
    {
      key: 'name',
      title: detail.memberName,
      cell: ({ id, type, name, displayName }) => (
        <div style={{ minWidth: 140 }}>
          <Text size="sm" span>
            <PlaceLink to={type === 'User' ? `/users/${id}` : `/groups/${id}`}>{name}</PlaceLink>
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
      key: 'status',
      title: users.status,
      width: 110,
      cell: ({ status }) =>
        status ? (
          <StatusBadge status={status} />
        ) : (
          <Badge color="navy.7" radius="sm">
            {detail.group}
          </Badge>
        ),
    },
  ]
  if (!onRemove) return columns
  return [
    ...columns,
    {
      key: 'remove',
      title: '',
      width: 50,
      head: <VisuallyHidden>{detail.removeHead}</VisuallyHidden>,
      cell: (member) => (
        <Tooltip label={detail.remove(member.name)}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={detail.remove(member.name)}
            onClick={() => onRemove(member)}
          >
            <UserMinus size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ]
}

interface AddOrRemove {
  readonly member: { readonly id: string; readonly name: string }
  readonly kind: 'add' | 'remove'
}

/** Adds or removes a member and offers Undo. */
function useMemberChange(group: Group) {
  const { detail } = useTexts().groups
  const refresh = useRefreshUsers()
  const notify = useNotifyWithUndo()
  const change = useMutation({
    mutationFn: ({ member, kind }: AddOrRemove) =>
      api.post<Group>(`/groups/${group.id}/members`, { [kind]: [member.id] } satisfies MemberChange),
    onSuccess: (_, { member, kind }) => {
      const message = kind === 'add' ? detail.added(member.name) : detail.removed(member.name)
      const back = kind === 'add' ? 'remove' : 'add'
      notify(`${group.id}-${member.id}`, message, () => change.mutate({ member, kind: back }))
    },
    onSettled: refresh,
  })
  return change
}
