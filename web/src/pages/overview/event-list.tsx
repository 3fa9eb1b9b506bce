import { Badge, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { LogEvent } from '../../../../src/http/portal/logs/contract.ts'
import { PlaceLink } from '../../components/place-link.tsx'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

interface EventListProps {
  readonly events: readonly LogEvent[] | undefined
  readonly empty: string
}

/** A few audit events, each linked to its details. */
export function EventList({ events, empty }: EventListProps) {
  if (!events) return <Skeleton height={120} />
  if (events.length === 0) return <Text size="sm">{empty}</Text>
  return (
    <Stack gap="xs">
      {events.map((event) => (
        <Line key={event.id} event={event} />
      ))}
    </Stack>
  )
}

function Line({ event }: { readonly event: LogEvent }) {
  const { logs } = useTexts()
  const { action, effect, objectType, objectName, actor, result, reason, at } = event
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {effect ? logs.effects[effect] : logs.actions[action]} · {logs.objectTypes[objectType]} ·{' '}
          <PlaceLink to="/audit-log" search={{ object: objectName, open: event.id }}>
            {objectName || '—'}
          </PlaceLink>
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {actor.name}
          {reason && ` · ${reason}`}
        </Text>
      </div>
      <Stack gap={2} align="flex-end" style={{ flexShrink: 0 }}>
        {result === 'failure' && (
          <Badge color="red.9" c="white" style={{ flexShrink: 0 }}>
            {logs.failure}
          </Badge>
        )}
        <Text size="xs" c="dimmed" component="div">
          <Time at={at} relative />
        </Text>
      </Stack>
    </Group>
  )
}
