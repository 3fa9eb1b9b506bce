import { Paper, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface SectionProps {
  readonly title: string
  readonly about?: string | undefined
  readonly children: ReactNode
}

/** A section of an object's page. */
export function Section({ title, about, children }: SectionProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title} miw={0}>
      <Title order={2} size="h4" mb={about ? 0 : 'xs'}>
        {title}
      </Title>
      {about && (
        <Text size="sm" c="dimmed" mb="xs">
          {about}
        </Text>
      )}
      {children}
    </Paper>
  )
}
