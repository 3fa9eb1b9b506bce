import { Center, Stack, Text, Title } from '@mantine/core'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly icon: LucideIcon
  readonly title: string
  /** Why the list is empty and what to do next. */
  readonly text: ReactNode
  readonly action?: ReactNode
  /** Heading level of the title: 1 when nothing else is on the page. */
  readonly order?: 1 | 2
}

export function EmptyState({ icon: Icon, title, text, action, order = 2 }: EmptyStateProps) {
  return (
    <Center py="xl">
      <Stack align="center" gap="xs" maw={440} ta="center">
        <Icon size={36} aria-hidden color="var(--mantine-color-dimmed)" />
        <Title order={order} size="h2">
          {title}
        </Title>
        <Text c="dimmed" size="sm" component="div">
          {text}
        </Text>
        {action}
      </Stack>
    </Center>
  )
}
