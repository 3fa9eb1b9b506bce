import { Center, Group, Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

interface AuthFrameProps {
  readonly title: string
  readonly about?: ReactNode
  readonly width?: number
  readonly children: ReactNode
}

/** The frame of pages that need no session. */
export function AuthFrame({ title, about, width = 420, children }: AuthFrameProps) {
  const { common } = useTexts()
  return (
    <Center mih="100dvh" p="md" component="main" bg="var(--mantine-color-default-hover)">
      <Paper withBorder p={{ base: 'md', xs: 'xl' }} w={width} maw="100%" shadow="sm">
        <Group gap={8} mb="lg" wrap="nowrap">
          <img src="/admin/icon.svg" width={28} height={28} alt="" />
          <Text fw={700}>{common.product}</Text>
        </Group>
        <PageHeader title={title} about={about} />
        {children}
      </Paper>
    </Center>
  )
}
