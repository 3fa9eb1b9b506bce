import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useTexts } from '../texts/use-texts.tsx'

interface PageHeaderProps {
  readonly title: string
  /** One sentence: what the page is for, or the state of its object. */
  readonly about?: ReactNode
  readonly actions?: ReactNode
}

/** Sets the page heading and the document title. */
export function PageHeader({ title, about, actions }: PageHeaderProps) {
  const { common } = useTexts()
  useEffect(() => {
    document.title = `${title} · ${common.product}`
  }, [title, common.product])
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <Stack gap={2} miw={{ base: '100%', xs: 0 }} flex={1}>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {about && (
          <Text c="dimmed" size="sm" component="div">
            {about}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
