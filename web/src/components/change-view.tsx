import { Code, Table, Text } from '@mantine/core'

interface ChangeViewProps {
  readonly caption: string
  readonly headings: { readonly field: string; readonly before: string; readonly after: string }
  readonly before?: Record<string, unknown> | undefined
  readonly after?: Record<string, unknown> | undefined
}

/** Shows the changed fields with their old and new values. */
export function ChangeView({ caption, headings, before = {}, after = {} }: ChangeViewProps) {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return (
    <Table withRowBorders verticalSpacing={4} fz="sm">
      <Table.Caption hidden>{caption}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{headings.field}</Table.Th>
          <Table.Th scope="col">{headings.before}</Table.Th>
          <Table.Th scope="col">{headings.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((field) => (
          <Table.Tr key={field}>
            <Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere' }}>
              {field}
            </Table.Th>
            <Table.Td>{shown(before[field])}</Table.Td>
            <Table.Td>{shown(after[field])}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function shown(value: unknown) {
  if (value === undefined || value === null)
    return (
      <Text span c="dimmed">
        —
      </Text>
    )
  if (typeof value === 'object')
    return <Code style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{JSON.stringify(value)}</Code>
  return <span style={{ overflowWrap: 'anywhere' }}>{String(value)}</span>
}
