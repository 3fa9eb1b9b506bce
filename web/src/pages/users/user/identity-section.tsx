import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Unlink } from 'lucide-react'
import { useState } from 'react'
import type { User } from '../../../../../src/http/portal/users/contract.ts'
import type { UserIdentities } from '../../../../../src/http/portal/users/identity-contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { IdentityConflicts } from '../../../components/identity-conflicts.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { identitiesQuery, useRefreshUsers } from '../queries.ts'
import { Facts } from './facts.tsx'
import { Section } from './section.tsx'

/** The identity linked to this user, and the sign-ins it caused to be refused. */
export function IdentitySection({ user }: { readonly user: User }) {
  const { identities: texts } = useTexts()
  const mayChange = useMay('admin')
  const { data, error, refetch } = useQuery(identitiesQuery(user.id))
  if (user.identityProvider.type === 'local') return null
  return (
    <Section title={texts.title} about={texts.about}>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data ? (
        <Stack gap="xs">
          <IdentityConflicts conflicts={data.conflicts} userId={user.id} />
          {data.items.length === 0 && <Text size="sm">{texts.none}</Text>}
          {data.items.map((item) => (
            <Identity key={item.identifier} item={item} />
          ))}
          {mayChange && data.items.length > 0 && <UnlinkButton user={user} />}
        </Stack>
      ) : (
        !error && <Skeleton height={58} />
      )}
    </Section>
  )
}

function Identity({ item }: { readonly item: UserIdentities['items'][number] }) {
  const { identities: texts } = useTexts()
  const { identifier, source, issuer, linkedAt } = item
  return (
    <Facts
      rows={[
        [texts.identifier, identifier],
        [texts.source, texts.sources[source] ?? source],
        [texts.issuer, issuer],
        [texts.linked, <Time key="linked" at={linkedAt} />],
      ]}
    />
  )
}

function UnlinkButton({ user }: { readonly user: User }) {
  const { identities: texts } = useTexts()
  const [isAsked, setAsked] = useState(false)
  const refresh = useRefreshUsers()
  const unlink = async () => {
    await api.delete(`/users/${user.id}/identities`)
    notifications.show({ message: texts.unlinked(user.userName) })
    refresh()
  }
  return (
    <Group justify="flex-end">
      <Button
        size="xs"
        variant="default"
        leftSection={<Unlink size={16} aria-hidden />}
        onClick={() => setAsked(true)}
      >
        {texts.unlink} …
      </Button>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={texts.unlinkTitle(user.userName)}
        action={texts.unlink}
        onConfirm={unlink}
      >
        <Stack gap="xs">
          <span>{texts.unlinkText}</span>
          <span>{texts.unlinkFactors}</span>
        </Stack>
      </ConfirmDialog>
    </Group>
  )
}
