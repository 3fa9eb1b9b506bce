import { Alert, Button, Group, Skeleton, Text } from '@mantine/core'
import { CircleCheck, CircleDashed, CirclePause, Clock4, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { HealthState, SyncHealth } from '../../../../src/http/portal/provisioning/contract.ts'
import { Time } from '../../components/time.tsx'
import type { Texts } from '../../texts/en.ts'
import { useTexts } from '../../texts/use-texts.tsx'

const APPEARANCE: Record<HealthState, { readonly color: string; readonly icon: LucideIcon }> = {
  off: { color: 'gray', icon: CirclePause },
  never: { color: 'blue', icon: CircleDashed },
  ok: { color: 'teal', icon: CircleCheck },
  late: { color: 'orange', icon: Clock4 },
  failing: { color: 'red', icon: TriangleAlert },
}

interface HealthBannerProps {
  readonly health: SyncHealth | undefined
  readonly onShowFailures: () => void
}

/** State, consequence, next step. */
export function HealthBanner({ health, onShowFailures }: HealthBannerProps) {
  const { provisioning: texts } = useTexts()
  if (!health) return <Skeleton height={96} />
  const { color, icon: Icon } = APPEARANCE[health.state]
  return (
    <Alert
      color={color}
      variant="light"
      role="status"
      icon={<Icon size={22} aria-hidden />}
      title={
        <Text inherit c="var(--mantine-color-text)">
          {titleOf(health, texts.health)}
        </Text>
      }
      mih={96}
    >
      <Group justify="space-between" align="flex-end">
        <div>
          <Text size="sm">{texts.health[health.state].text}</Text>
          <Text size="sm">
            {`${texts.health.lastSync}: `}
            <Time at={health.lastSyncAt} relative />
          </Text>
        </div>
        {health.recent.failed > 0 && (
          <Button size="xs" variant="default" onClick={onShowFailures}>
            {texts.health.showFailures}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

function titleOf(
  { state, lastSyncAt, recent, recentHours }: SyncHealth,
  texts: Texts['provisioning']['health'],
): string {
  if (state === 'failing') return texts.failing.title(recent.failed, recent.requests, recentHours)
  if (state !== 'late') return texts[state].title
  const milliseconds = lastSyncAt ? Date.now() - new Date(lastSyncAt).getTime() : 0
  return texts.late.title(Math.floor(milliseconds / 3_600_000))
}
