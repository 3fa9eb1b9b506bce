import { Anchor, Badge, Group, List, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { User } from '../../../../../src/http/portal/users/contract.ts'
import { isNotFound } from '../../../api/client.ts'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { JsonView } from '../../../components/json-view.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { PlaceLink } from '../../../components/place-link.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { NotFoundPage } from '../../../shell/not-found-page.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { enrolmentQuery, userQuery } from '../queries.ts'
import { EnrolmentSection } from './enrolment-section.tsx'
import { Facts } from './facts.tsx'
import { History } from './history.tsx'
import { IdentitySection } from './identity-section.tsx'
import { Section } from './section.tsx'
import { SessionsSection } from './sessions-section.tsx'
import { StatusBadge } from './status-badge.tsx'
import { UserActions } from './user-actions.tsx'

/** User page: state, profile, groups, SCIM resource and history. */
export function UserPage() {
  const { id } = useParams({ from: '/app/users/$id' })
  const { detail: texts } = useTexts().users
  const mayChange = useMay('admin')
  const { data: user, error, refetch } = useQuery(userQuery(id))
  if (isNotFound(error)) return <NotFoundPage />
  return (
    <>
      <Anchor component={Link} to="/users" size="sm">
        {`← ${texts.back}`}
      </Anchor>
      <PageHeader
        title={user?.userName ?? '…'}
        about={user ? <About user={user} /> : ' '}
        actions={mayChange && user && <UserActions user={user} />}
      />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {user ? <Sections user={user} /> : !error && <Skeleton height={640} />}
    </>
  )
}

function About({ user }: { readonly user: User }) {
  const { displayName, identityProvider } = user
  return (
    <Group gap="xs">
      <StatusBadge status={user.status} />
      <span>{displayName ? `${displayName} · ${identityProvider.name}` : identityProvider.name}</span>
    </Group>
  )
}

function Sections({ user }: { readonly user: User }) {
  const { detail: texts } = useTexts().users
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" style={{ alignItems: 'start' }}>
        <Stack gap="lg" miw={0}>
          <StateSection user={user} />
          <EnrolmentSection user={user} />
          <IdentitySection user={user} />
          <ProfileSection user={user} />
        </Stack>
        <Stack gap="lg" miw={0}>
          <GroupsSection user={user} />
          <Section title={texts.resource} about={texts.resourceAbout}>
            <JsonView label={`${texts.resource} (JSON)`} value={user.resource} />
          </Section>
        </Stack>
      </SimpleGrid>
      <SessionsSection user={user} />
      <History objectId={user.id} />
    </Stack>
  )
}

/** The state from the identity provider, the administrator's own setting, and whether the user can sign in. */
function StateSection({ user }: { readonly user: User }) {
  const { detail: texts } = useTexts().users
  const { identityProvider, idpActive, disabledAt, deletedAt, status } = user
  const { data: enrolment } = useQuery(enrolmentQuery(user.id))
  return (
    <Section title={texts.state}>
      <Facts
        rows={[
          [texts.idpSays(identityProvider.name), idpActive ? texts.active : texts.inactive],
          [
            texts.youHold,
            <Stack key="holds" gap={2}>
              {!disabledAt && !deletedAt && texts.noHold}
              {disabledAt && <Since label={texts.disabledSince} at={disabledAt} />}
              {deletedAt && <Since label={texts.deletedSince} at={deletedAt} />}
            </Stack>,
          ],
          [texts.result, enrolment?.waiting ? texts.waits : texts.results[status]],
        ]}
      />
    </Section>
  )
}

function Since({ label, at }: { readonly label: string; readonly at: string }) {
  return (
    <span>
      {`${label} `}
      <Time at={at} />
    </span>
  )
}

function ProfileSection({ user }: { readonly user: User }) {
  const { users } = useTexts()
  const { detail: texts } = users
  const { profile, isEditable, identityProvider } = user
  const known = Object.keys(texts.profileNames)
  const others = Object.keys(profile).filter((name) => !known.includes(name))
  const rows = [...known.filter((name) => name in profile), ...others].map(
    (name) => [texts.profileNames[name] ?? name, profile[name]] as const,
  )
  return (
    <Section
      title={texts.profile}
      about={isEditable ? texts.editable : texts.notEditable(identityProvider.name)}
    >
      {rows.length === 0 && (
        <Text size="sm" mb="xs">
          {texts.noProfile}
        </Text>
      )}
      <Facts
        rows={[
          ...rows,
          ...(user.externalId ? [[texts.externalId, user.externalId] as const] : []),
          [users.created, <Time key="created" at={user.createdAt} />],
          [users.changed, <Time key="changed" at={user.changedAt} />],
          [texts.id, user.id],
        ]}
      />
    </Section>
  )
}

function GroupsSection({ user }: { readonly user: User }) {
  const { detail: texts } = useTexts().users
  return (
    <Section title={texts.groups}>
      {user.groups.length === 0 ? (
        <Text size="sm">{texts.noGroups}</Text>
      ) : (
        <List size="sm" spacing={6} listStyleType="none">
          {user.groups.map(({ id, displayName, type }) => (
            <List.Item key={id}>
              <PlaceLink to={`/groups/${id}`}>{displayName}</PlaceLink>{' '}
              <Badge color={type === 'direct' ? 'navy.7' : 'gray.7'} radius="sm" ml={6}>
                {texts[type]}
              </Badge>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  )
}
