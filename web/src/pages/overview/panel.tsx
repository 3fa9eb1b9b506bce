import { Group, Paper, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

interface PanelProps {
  readonly title: string
  readonly about?: ReactNode
  readonly action?: ReactNode
  readonly mt?: string
  readonly children: ReactNode
}

export function Panel({ title, about, action, mt, children }: PanelProps) {
  const id = useId()
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id} {...(mt && { mt })}>
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {about}
        </div>
        {action}
      </Group>
      {children}
    </Paper>
  )
}
