import { Badge, Button, Group, Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Time } from '../components/time.tsx'
import { useTexts } from '../texts/use-texts.tsx'

interface FactorRowProps {
  readonly icon: ReactNode
  readonly name: string
  readonly note?: string | undefined
  /** `lastUsedAt` is missing for factors that don't record it. */
  readonly times: { readonly createdAt: string; readonly lastUsedAt?: string | null }
  /** Undefined for read-only roles. */
  readonly onRemove: (() => void) | undefined
}

/** One second factor, of the signed-in administrator or of a user. */
export function FactorRow({ icon, name, note, times, onRemove }: FactorRowProps) {
  const { account } = useTexts()
  const texts = account.factors
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <Group gap="sm" wrap="nowrap" miw={0}>
          {icon}
          <div>
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Text>
            <Text size="xs" c="dimmed" component="div">
              {texts.added} <Time at={times.createdAt} relative />
              {times.lastUsedAt !== undefined && (
                <>
                  {` · ${texts.used} `}
                  <Time at={times.lastUsedAt} relative />
                </>
              )}
            </Text>
            {note && (
              <Badge color="gray.7" size="sm" tt="none">
                {note}
              </Badge>
            )}
          </div>
        </Group>
        {onRemove && (
          <Button variant="default" size="xs" onClick={onRemove} aria-label={`${texts.remove}: ${name}`}>
            {texts.remove}
          </Button>
        )}
      </Group>
    </Paper>
  )
}
