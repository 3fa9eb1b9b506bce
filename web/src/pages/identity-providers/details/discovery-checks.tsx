import { Alert, Group, Stack, Text } from '@mantine/core'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { Discovery } from '../../../../../src/http/portal/identity-providers/contract.ts'
import { useTexts } from '../../../texts/use-texts.tsx'

const ICONS = { passed: CircleCheck, warning: TriangleAlert, failed: CircleX }
const COLOURS = { passed: 'teal', warning: 'orange', failed: 'red' }

interface ChecksProps {
  readonly found: Discovery
  readonly note?: string
}

/** Results of OpenID discovery, with the problems that prevent sign-in. */
export function Checks({ found, note }: ChecksProps) {
  const { identityProviders: t } = useTexts()
  const worst = (['failed', 'warning'] as const).find((one) =>
    found.checks.some(({ outcome }) => outcome === one),
  )
  return (
    <Alert color={COLOURS[worst ?? 'passed']} variant="light">
      <Stack gap={6}>
        {found.checks.map(({ name, outcome, detail }) => {
          const Icon = ICONS[outcome]
          return (
            <Group key={name} gap="xs" wrap="nowrap" align="flex-start">
              <Icon size={18} aria-hidden style={{ flexShrink: 0 }} />
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                <b>{t.outcome[outcome]}:</b> {t.check[name]}
                {detail && <> — {detail}</>}
              </Text>
            </Group>
          )
        })}
        {note && <Text size="xs">{note}</Text>}
      </Stack>
    </Alert>
  )
}
