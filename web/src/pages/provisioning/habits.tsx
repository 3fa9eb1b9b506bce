import { Paper, Text, Title } from '@mantine/core'
import type { Habit } from '../../../../src/http/portal/provisioning/contract.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Time } from '../../components/time.tsx'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'

/**
 * Lists values that are converted because the identity provider sends them in its own format; renders nothing
 * without any.
 */
export function Habits({ habits = [] }: { readonly habits: readonly Habit[] | undefined }) {
  const { provisioning } = useTexts()
  const { habits: texts, unknown, objects } = provisioning
  const { locale } = useLanguage()
  if (habits.length === 0) return null
  const columns: readonly Column<Habit>[] = [
    {
      key: 'name',
      title: unknown.name,
      cell: ({ name }) => (
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere', minWidth: 160 }}>
          {name}
        </Text>
      ),
    },
    { key: 'of', title: unknown.of, width: 100, cell: ({ resourceType }) => objects[resourceType] },
    { key: 'habit', title: texts.habit, cell: ({ habit }) => texts.kinds[habit] },
    { key: 'count', title: unknown.count, width: 100, cell: ({ count }) => count.toLocaleString(locale) },
    {
      key: 'last',
      title: unknown.last,
      width: 180,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} relative />,
    },
  ]
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.title}>
      <Title order={2} size="h4">
        {texts.title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {texts.about}
      </Text>
      <DataTable
        caption={texts.caption}
        columns={columns}
        rows={habits}
        rowKey={({ resourceType, name, habit }) => `${resourceType} ${name} ${habit}`}
        empty={null}
      />
    </Paper>
  )
}
