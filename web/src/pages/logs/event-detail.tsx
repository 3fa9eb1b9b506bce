import { Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { LogEvent, LogEventDetail } from '../../../../src/http/portal/logs/contract.ts'
import { api } from '../../api/client.ts'
import { ChangeView } from '../../components/change-view.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { JsonView } from '../../components/json-view.tsx'
import { PlaceLink } from '../../components/place-link.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

/** Loads and shows what an event changed when its row is expanded. */
export function EventDetail({ path, event }: { readonly path: string; readonly event: LogEvent }) {
  const { logs } = useTexts()
  const { data, error } = useQuery({
    queryKey: ['log-event', path, event.id],
    queryFn: ({ signal }) => api.get<LogEventDetail>(`${path}/${event.id}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY, // events never change
  })
  const explanation = event.reason ? logs.reasons[event.reason] : undefined
  const facts = [
    [logs.reason, event.reason],
    [logs.objectId, event.objectId],
    [logs.sourceAddress, event.sourceAddress],
    [logs.requestId, event.requestId],
  ] as const
  return (
    <Stack gap="sm" maw={1_000}>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton height={80} />}
      {explanation && <Text size="sm">{explanation}</Text>}
      {data && <Change change={data.change} />}
      {data && <ConcernedUsers change={data.change} />}
      <Group gap="lg">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Text key={name} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {name}: {value}
            </Text>
          ))}
      </Group>
    </Stack>
  )
}

/** The users involved in a refused sign-in. */
function ConcernedUsers({ change }: { readonly change: LogEventDetail['change'] }) {
  const { concerned } = useTexts().logs
  const users = (['namedUserId', 'linkedUserId'] as const).flatMap((name) => {
    const id = change?.[name]
    return typeof id === 'string' ? [{ id, label: concerned[name] }] : []
  })
  if (users.length === 0) return null
  return (
    <Group gap="lg">
      {users.map(({ id, label }) => (
        <Text key={id} size="sm">
          <PlaceLink to={`/users/${id}`}>{label}</PlaceLink>
        </Text>
      ))}
    </Group>
  )
}

type Fields = Record<string, unknown>

function Change({ change }: { readonly change: LogEventDetail['change'] }) {
  const { logs } = useTexts()
  const { reason: _, before, after, ...rest } = change ?? {}
  const isDiff = before !== undefined || after !== undefined
  const others = Object.keys(rest).length > 0
  if (!isDiff && !others) return <Text size="sm">{logs.noDetails}</Text>
  return (
    <>
      {isDiff && (
        <ChangeView
          caption={logs.change}
          headings={{ field: logs.field, before: logs.before, after: logs.after }}
          before={before as Fields | undefined}
          after={after as Fields | undefined}
        />
      )}
      {others && <JsonView label={logs.details} value={rest} />}
    </>
  )
}
