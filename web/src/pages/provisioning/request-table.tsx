import { Anchor, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ScimRequestSummary } from '../../../../src/http/portal/provisioning/requests-contract.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { ResultBadge } from './result-badge.tsx'

interface RequestTableProps {
  readonly caption: string
  readonly rows: readonly ScimRequestSummary[] | undefined
  readonly isStale?: boolean
  readonly empty?: ReactNode
  readonly onOpen: (id: string) => void
}

export function RequestTable({ onOpen, ...table }: RequestTableProps) {
  const { requests: texts, operations, objects } = useTexts().provisioning
  const objectOf = ({ objectName, objectType, path }: ScimRequestSummary) =>
    objectName ?? (objectType ? objects[objectType] : path)
  const columns: readonly Column<ScimRequestSummary>[] = [
    { key: 'at', title: texts.time, width: 190, cell: ({ at }) => <Time at={at} /> },
    {
      key: 'operation',
      title: texts.operation,
      width: 170,
      cell: (row) => (
        <Anchor
          component="button"
          type="button"
          size="sm"
          ta="left"
          onClick={() => onOpen(row.id)}
          aria-label={texts.openOne(operations[row.operation], objectOf(row))}
        >
          {operations[row.operation]}
        </Anchor>
      ),
    },
    { key: 'object', title: texts.object, cell: (row) => <ObjectCell row={row} name={objectOf(row)} /> },
    { key: 'result', title: texts.result, width: 120, cell: (row) => <ResultBadge {...row} /> },
    {
      key: 'duration',
      title: texts.duration,
      width: 100,
      cell: ({ milliseconds }) => (
        <Text size="sm" span style={{ whiteSpace: 'nowrap' }}>
          {texts.milliseconds(milliseconds)}
        </Text>
      ),
    },
  ]
  return <DataTable columns={columns} rowKey={({ id }) => id} {...table} />
}

/** The object of a request and, for a failure, the reason. */
function ObjectCell({ row, name }: { readonly row: ScimRequestSummary; readonly name: string }) {
  const { objects } = useTexts().provisioning
  return (
    <div style={{ minWidth: 180 }}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {name}
        {row.objectType && row.objectName && (
          <Text span inherit c="dimmed">
            {` · ${objects[row.objectType]}`}
          </Text>
        )}
      </Text>
      {row.failed && row.detail && (
        <Text size="xs" c="dimmed" lineClamp={1} lang="en">
          {row.detail}
        </Text>
      )}
    </div>
  )
}
