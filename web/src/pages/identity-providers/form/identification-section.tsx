import { Alert, Badge, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Identification } from '../../../../../src/http/portal/users/identity-contract.ts'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { IdentityConflicts } from '../../../components/identity-conflicts.tsx'
import { Time } from '../../../components/time.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { type IdentityProvider, identificationQuery } from '../queries.ts'

type Arrived = Identification['arrived'][number]

const STABLE: readonly Arrived['kind'][] = ['sub', 'declared', 'persistent']

/** The identifiers this IdP sends, whether they are stable, and sign-ins refused because of them. */
export function IdentificationSection({ provider }: { readonly provider: IdentityProvider }) {
  const { identities: texts } = useTexts()
  const { data, error, refetch } = useQuery(identificationQuery(provider.id))
  const hasNames = data?.arrived.some(({ kind }) => !STABLE.includes(kind))
  return (
    <Stack gap="xs">
      <div>
        <Title order={2} size="h4">
          {texts.howTitle}
        </Title>
        <Text size="sm" c="dimmed">
          {texts.howAbout}
        </Text>
      </div>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton height={40} />}
      {data?.arrived.length === 0 && <Text size="sm">{texts.nothingArrived}</Text>}
      {data?.arrived.map((arrived) => (
        <ArrivedLine key={arrived.kind} arrived={arrived} />
      ))}
      {hasNames && (
        <Alert color="blue" variant="light" styles={{ message: { color: 'var(--mantine-color-text)' } }}>
          {texts.recommend}
        </Alert>
      )}
      {data && data.linkedUsers > 0 && <Text size="sm">{texts.linkedUsers(data.linkedUsers)}</Text>}
      {data && <IdentityConflicts conflicts={data.conflicts} />}
    </Stack>
  )
}

function ArrivedLine({ arrived: { kind, lastAt } }: { readonly arrived: Arrived }) {
  const { identities: texts } = useTexts()
  const isStable = STABLE.includes(kind)
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Badge color={isStable ? 'teal.9' : 'gray.7'} variant="filled" c="white" radius="sm" flex="none">
        {isStable ? texts.stable : texts.name}
      </Badge>
      <Text size="sm">
        {`${texts.kinds[kind]} (${texts.lastArrived} `}
        <Time at={lastAt} />)
      </Text>
    </Group>
  )
}
