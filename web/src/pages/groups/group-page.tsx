import { Anchor, Button, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Group } from '../../../../src/http/portal/groups/contract.ts'
import { api, isNotFound } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { JsonView } from '../../components/json-view.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { NotFoundPage } from '../../shell/not-found-page.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { Facts } from '../users/user/facts.tsx'
import { History } from '../users/user/history.tsx'
import { Section } from '../users/user/section.tsx'
import { GroupMembers } from './group-members.tsx'
import { GroupNameDialog } from './group-name-dialog.tsx'

/** Group page: members, parent and child groups, SCIM resource and history. */
export function GroupPage() {
  const { id } = useParams({ from: '/app/groups/$id' })
  const { groups } = useTexts()
  const mayChange = useMay('admin')
  const {
    data: group,
    error,
    refetch,
  } = useQuery({
    queryKey: ['group', id],
    queryFn: ({ signal }) => api.get<Group>(`/groups/${id}`, {}, signal),
  })
  if (isNotFound(error)) return <NotFoundPage />
  const count = group && groups.count(group.members, group.hasMoreMembers)
  return (
    <>
      <Anchor component={Link} to="/groups" size="sm">
        {`← ${groups.detail.back}`}
      </Anchor>
      <PageHeader
        title={group?.displayName ?? '…'}
        about={group && count ? groups.detail.about(count, group.identityProvider.name) : ' '}
        actions={mayChange && group?.isEditable && <GroupActions group={group} />}
      />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {group ? <Sections group={group} mayChange={mayChange} /> : !error && <Skeleton height={640} />}
    </>
  )
}

function Sections({ group, mayChange }: { readonly group: Group; readonly mayChange: boolean }) {
  const { groups, users } = useTexts()
  const { detail: texts } = groups
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" style={{ alignItems: 'start' }}>
        <GroupMembers group={group} mayChange={mayChange && group.isEditable} />
        <Stack gap="lg" miw={0}>
          <Section
            title={texts.nesting}
            about={group.isEditable ? undefined : texts.notEditable(group.identityProvider.name)}
          >
            <Facts
              rows={[
                [texts.memberOf, <Links key="up" groups={group.memberOf} />],
                [texts.nested, <Links key="down" groups={group.nested} />],
                ...(group.externalId ? [[users.detail.externalId, group.externalId] as const] : []),
                [groups.created, <Time key="created" at={group.createdAt} />],
                [groups.changed, <Time key="changed" at={group.changedAt} />],
                [users.detail.id, group.id],
              ]}
            />
          </Section>
          <Section title={texts.resource} about={texts.resourceAbout}>
            <JsonView label={`${texts.resource} (JSON)`} value={group.resource} />
          </Section>
        </Stack>
      </SimpleGrid>
      <History objectId={group.id} />
    </Stack>
  )
}

function Links({ groups }: { readonly groups: Group['nested'] }) {
  const { detail: texts } = useTexts().groups
  if (groups.length === 0) return <Text size="sm">{texts.noGroups}</Text>
  return (
    <Stack gap={2}>
      {groups.map(({ id, displayName }) => (
        <span key={id}>
          <PlaceLink to={`/groups/${id}`}>{displayName}</PlaceLink>
        </span>
      ))}
    </Stack>
  )
}

function GroupActions({ group }: { readonly group: Group }) {
  const { detail: texts, form } = useTexts().groups
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<'rename' | 'delete'>()
  const refresh = () => {
    for (const key of [['groups'], ['group'], ['history']]) void queries.invalidateQueries({ queryKey: key })
  }
  const remove = async () => {
    await api.delete(`/groups/${group.id}`)
    notifications.show({ message: texts.deleted(group.displayName) })
    await navigate({ to: '/groups' })
    void queries.invalidateQueries({ queryKey: ['groups'] })
  }
  return (
    <>
      <Button
        variant="default"
        leftSection={<Trash2 size={16} aria-hidden />}
        onClick={() => setAsking('delete')}
      >
        {texts.delete}
      </Button>
      <MainButton leftSection={<Pencil size={16} aria-hidden />} onClick={() => setAsking('rename')}>
        {texts.rename}
      </MainButton>
      {asking === 'rename' && (
        <GroupNameDialog
          title={form.renameTitle(group.displayName)}
          initial={group.displayName}
          onClose={() => setAsking(undefined)}
          onSave={(displayName) => api.patch<Group>(`/groups/${group.id}`, { displayName })}
          onSaved={() => {
            setAsking(undefined)
            refresh()
          }}
        />
      )}
      <ConfirmDialog
        opened={asking === 'delete'}
        onClose={() => setAsking(undefined)}
        title={texts.deleteTitle(group.displayName)}
        action={texts.delete}
        nameToType={group.displayName}
        onConfirm={remove}
      >
        {texts.deleteText}
      </ConfirmDialog>
    </>
  )
}
