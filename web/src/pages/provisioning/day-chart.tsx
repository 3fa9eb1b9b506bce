import { Box, Button, Group, Paper, Skeleton, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useId } from 'react'
import type { DayTotals } from '../../../../src/http/portal/provisioning/contract.ts'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'

const HEIGHT = 96
const STEP = 20

const changesOf = ({ created, changed, deactivated, deleted }: DayTotals) =>
  created + changed + deactivated + deleted
const sum = (days: readonly DayTotals[], of: (day: DayTotals) => number) =>
  days.reduce((total, day) => total + of(day), 0)

/** Bar chart of changes and failures per day, with the same data as a table. */
export function DayChart({ days }: { readonly days: readonly DayTotals[] | undefined }) {
  const { days: texts } = useTexts().provisioning
  const { locale } = useLanguage()
  const [isTable, { toggle }] = useDisclosure(false)
  const tableId = useId()
  const totals = days && { changes: sum(days, changesOf), failed: sum(days, ({ failed }) => failed) }
  const dayName = (day: string) =>
    new Date(`${day}T00:00:00`).toLocaleDateString(locale, { month: 'short', day: 'numeric' })
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.title}>
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={2} size="h4">
            {texts.title}
          </Title>
          <Text size="sm" c="dimmed">
            {totals ? texts.summary(totals.changes, totals.failed) : ' '}
          </Text>
        </div>
        <Group gap="md">
          <Legend color="var(--bar-change)" label={texts.changes} />
          <Legend color="var(--bar-failed)" label={texts.failed} />
          <Button
            variant="default"
            size="xs"
            onClick={toggle}
            aria-expanded={isTable}
            aria-controls={tableId}
          >
            {isTable ? texts.hideTable : texts.showTable}
          </Button>
        </Group>
      </Group>
      {days && totals ? (
        <Bars days={days} label={texts.chart(totals.changes, totals.failed)} dayName={dayName} />
      ) : (
        <Skeleton height={HEIGHT + 24} />
      )}
      <div id={tableId}>{isTable && days && <DayTable days={days} dayName={dayName} />}</div>
    </Paper>
  )
}

function Legend({ color, label }: { readonly color: string; readonly label: string }) {
  return (
    <Group gap={6} wrap="nowrap" className="day-chart">
      <Box w={12} h={12} bg={color} style={{ borderRadius: 2 }} aria-hidden />
      <Text size="sm">{label}</Text>
    </Group>
  )
}

interface BarsProps {
  readonly days: readonly DayTotals[]
  readonly label: string
  readonly dayName: (day: string) => string
}

function Bars({ days, label, dayName }: BarsProps) {
  const { days: texts } = useTexts().provisioning
  const most = Math.max(1, ...days.map((day) => changesOf(day) + day.failed))
  const high = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT))
  return (
    <figure className="day-chart">
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${days.length * STEP} ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        width="100%"
        height={HEIGHT}
      >
        {days.map((day, place) => {
          const [changes, failed] = [high(changesOf(day)), high(day.failed)]
          return (
            <g key={day.day}>
              <title>{texts.ofDay(dayName(day.day), changesOf(day), day.failed)}</title>
              <rect x={place * STEP} y={0} width={STEP} height={HEIGHT} fill="transparent" />
              <rect
                x={place * STEP + 3}
                y={HEIGHT - changes}
                width={STEP - 6}
                height={changes}
                fill="var(--bar-change)"
              />
              <rect
                x={place * STEP + 3}
                y={HEIGHT - changes - failed}
                width={STEP - 6}
                height={failed}
                fill="var(--bar-failed)"
              />
            </g>
          )
        })}
        <rect x={0} y={HEIGHT} width={days.length * STEP} height={1} fill="var(--mantine-color-dimmed)" />
      </svg>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {days[0] && dayName(days[0].day)}
        </Text>
        <Text size="xs" c="dimmed">
          {texts.most(Math.max(0, ...days.map((day) => changesOf(day) + day.failed)))}
        </Text>
        <Text size="xs" c="dimmed">
          {dayName(days.at(-1)?.day ?? '')}
        </Text>
      </Group>
    </figure>
  )
}

const COLUMNS = ['requests', 'lookUps', 'created', 'changed', 'deactivated', 'deleted', 'failed'] as const

function DayTable({ days, dayName }: Omit<BarsProps, 'label'>) {
  const { days: texts } = useTexts().provisioning
  const { locale } = useLanguage()
  return (
    <Table.ScrollContainer
      minWidth={560}
      mt="sm"
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': texts.caption } }}
    >
      <Table fz="sm" verticalSpacing={2}>
        <Table.Caption hidden>{texts.caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{texts.day}</Table.Th>
            {COLUMNS.map((column) => (
              <Table.Th key={column} scope="col" ta="right">
                {texts[column]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map((day) => (
            <Table.Tr key={day.day}>
              <Table.Th scope="row" fw={500}>
                {dayName(day.day)}
              </Table.Th>
              {COLUMNS.map((column) => (
                <Table.Td key={column} ta="right">
                  {day[column].toLocaleString(locale)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
