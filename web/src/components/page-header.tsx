import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useTexts } from '../texts/use-texts.tsx'

interface PageHeaderProps {
  readonly title: string
  /** One sentence: what this page is for, or what state its object is in. */
  readonly about?: ReactNode
  readonly actions?: ReactNode
}

/** Names the page, in the document's title too. */
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
