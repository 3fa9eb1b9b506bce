import { Box, Group, ScrollArea, Skeleton, Table, Text, UnstyledButton } from '@mantine/core'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { useTexts } from '../texts/use-texts.tsx'

export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly sortable?: boolean
  /** Width of the column in pixels. */
  readonly width?: number
  /** A control in the header, such as a search field for the column. */
  readonly head?: ReactNode
}

export interface Sort {
  readonly by: string
  readonly order: 'asc' | 'desc'
}

interface DataTableProps<Row> {
  /** Accessible name of the table. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  /** Undefined while loading; placeholder rows of the same height prevent layout shifts. */
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  readonly sort?: Sort | undefined
  readonly onSort?: (sort: Sort) => void
  /** Content below an expanded row. */
  readonly expanded?: (row: Row) => ReactNode | undefined
  readonly empty?: ReactNode
  /** The rows on screen are being refetched. */
  readonly isStale?: boolean
}

const WAITING_ROWS = 8

/** A table whose search, sorting and pagination happen on the server. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, expanded, empty, isStale = false } = props
  if (rows?.length === 0 && empty) return <>{empty}</>
  return (
    <ScrollArea
      type="auto"
      scrollbars="x"
      viewportProps={{ tabIndex: 0, 'aria-label': caption, role: 'region' }}
    >
      <Table
        verticalSpacing="xs"
        highlightOnHover
        aria-busy={rows === undefined || isStale}
        opacity={isStale ? 0.6 : 1}
      >
        <Table.Caption hidden>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows
            ? rows.map((row) => (
                <Fragment key={rowKey(row)}>
                  <Table.Tr>
                    {columns.map(({ key, cell }) => (
                      <Table.Td key={key}>{cell(row)}</Table.Td>
                    ))}
                  </Table.Tr>
                  <ExpandedRow span={columns.length}>{expanded?.(row)}</ExpandedRow>
                </Fragment>
              ))
            : waitingRows(columns)}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}

function ExpandedRow({ span, children }: { readonly span: number; readonly children: ReactNode }) {
  if (!children) return null
  return (
    <Table.Tr bg="var(--mantine-color-default-hover)">
      <Table.Td colSpan={span} p="md">
        {children}
      </Table.Td>
    </Table.Tr>
  )
}

function waitingRows<Row>(columns: readonly Column<Row>[]) {
  return Array.from({ length: WAITING_ROWS }, (_, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows are interchangeable
    <Table.Tr key={i}>
      {columns.map(({ key }) => (
        <Table.Td key={key}>
          <Skeleton height={20} />
        </Table.Td>
      ))}
    </Table.Tr>
  ))
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  readonly sort: Sort | undefined
  readonly onSort: ((sort: Sort) => void) | undefined
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const { common } = useTexts()
  const isSorted = sort?.by === column.key
  const Icon = isSorted ? (sort.order === 'asc' ? ArrowUp : ArrowDown) : ArrowUpDown
  const turn = () => onSort?.({ by: column.key, order: isSorted && sort.order === 'asc' ? 'desc' : 'asc' })
  return (
    <Table.Th
      scope="col"
      w={column.width}
      {...(isSorted && { 'aria-sort': sort.order === 'asc' ? 'ascending' : 'descending' })}
    >
      {column.sortable && onSort ? (
        <UnstyledButton onClick={turn} aria-label={common.sortBy(column.title)} fz="inherit" fw="inherit">
          <Group gap={4} wrap="nowrap">
            {column.title} <Icon size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      ) : (
        <Text inherit span style={{ whiteSpace: 'nowrap' }}>
          {column.title}
        </Text>
      )}
      {column.head && <Box mt={4}>{column.head}</Box>}
    </Table.Th>
  )
}
