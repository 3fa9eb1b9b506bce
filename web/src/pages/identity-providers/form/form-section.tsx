import { Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

interface FormSectionProps {
  readonly title: string
  readonly about?: string
  readonly children: ReactNode
}

export function FormSection({ title, about, children }: FormSectionProps) {
  const id = useId()
  return (
    <Paper
      component="section"
      withBorder
      p={{ base: 'sm', xs: 'lg' }}
      aria-labelledby={id}
      style={{ overflowWrap: 'anywhere' }}
    >
      <Title order={2} id={id}>
        {title}
      </Title>
      {about && (
        <Text size="sm" c="dimmed">
          {about}
        </Text>
      )}
      <Stack gap="md" mt="md">
        {children}
      </Stack>
    </Paper>
  )
}
