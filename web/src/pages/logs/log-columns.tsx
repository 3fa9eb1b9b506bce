import { ActionIcon, Badge, Select, Stack, Text } from '@mantine/core'
import { ChevronDown, ChevronRight } from 'lucide-react'
import type { LogEvent } from '../../../../src/http/portal/logs/contract.ts'
import type { Column } from '../../components/data-table.tsx'
import { SearchField } from '../../components/forms/search-field.tsx'
import { Time } from '../../components/time.tsx'
import type { Texts } from '../../texts/en.ts'
import type { LogKind } from './kinds.ts'
import type { LogPageSearch } from './log-search.ts'

interface ColumnsOptions {
  readonly kind: LogKind
  readonly texts: Texts
  readonly search: LogPageSearch
  readonly onFilter: (part: LogPageSearch) => void
  readonly onOpen: (id: string) => void
}

/** Columns with a search field in each header. */
export function logColumns({ kind, texts, search, onFilter, onOpen }: ColumnsOptions): Column<LogEvent>[] {
  const { logs } = texts
  const words = <Word extends string>(
    name: 'action' | 'objectType' | 'result',
    values: readonly Word[],
    label: (v: Word) => string,
  ) => (
    <Select
      size="xs"
      miw={100}
      aria-label={logs.searchColumn(logs.column[name])}
      placeholder={texts.common.all}
      clearable
      data={values.map((value) => ({ value, label: label(value) }))}
      value={search[name] ?? null}
      onChange={(value) => onFilter({ [name]: value ?? undefined })}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      clearButtonProps={{ 'aria-label': texts.common.clearFilters }}
    />
  )
  const part = (name: 'actor' | 'object') => (
    <SearchField
      size="xs"
      miw={140}
      aria-label={logs.searchColumn(logs.column[name])}
      value={search[name]}
      onSearch={(value) => onFilter({ [name]: value })}
    />
  )
  return [
    {
      key: 'at',
      title: logs.column.at,
      width: 230,
      cell: (event) => (
        <OpenButton event={event} isOpen={search.open === event.id} texts={texts} onOpen={onOpen} />
      ),
    },
    {
      key: 'actor',
      title: logs.column.actor,
      width: 210,
      head: part('actor'),
      cell: ({ actor }) => (
        <Stack gap={0}>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {actor.name}
          </Text>
          <Text size="xs" c="dimmed">
            {logs.actorTypes[actor.type] ?? actor.type}
          </Text>
        </Stack>
      ),
    },
    {
      key: 'action',
      title: logs.column.action,
      width: 150,
      head: words('action', kind.actions, (value) => logs.actions[value]),
      cell: ({ action, effect }) => (
        <Stack gap={0}>
          <Text size="sm">{logs.actions[action]}</Text>
          {effect && (
            <Text size="xs" fw={600}>
              {logs.effects[effect]}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      key: 'objectType',
      title: logs.column.objectType,
      width: 160,
      head: words('objectType', kind.objectTypes, (value) => logs.objectTypes[value]),
      cell: ({ objectType }) => logs.objectTypes[objectType],
    },
    {
      key: 'object',
      title: logs.column.object,
      width: 220,
      head: part('object'),
      cell: ({ objectName }) => <span style={{ overflowWrap: 'anywhere' }}>{objectName}</span>,
    },
    {
      key: 'result',
      title: logs.column.result,
      width: 120,
      head: words('result', ['success', 'failure'], (value) => logs[value]),
      cell: ({ result }) => (
        <Badge color={result === 'success' ? 'teal.9' : 'red.9'} variant="filled" c="white">
          {logs[result]}
        </Badge>
      ),
    },
  ]
}

interface OpenButtonProps {
  readonly event: LogEvent
  readonly isOpen: boolean
  readonly texts: Texts
  readonly onOpen: (id: string) => void
}

/** The time of the event, linked to what it changed. */
export function OpenButton({ event, isOpen, texts: { logs }, onOpen }: OpenButtonProps) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-expanded={isOpen}
        aria-label={isOpen ? logs.hide(event.objectName) : logs.show(event.objectName)}
        onClick={() => onOpen(event.id)}
      >
        {isOpen ? <ChevronDown size={16} /> : <ChevronRight size={16} />}
      </ActionIcon>
      <Time at={event.at} />
    </span>
  )
}
