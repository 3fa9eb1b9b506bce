import { Button, Group, Menu, Select, Switch } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { CalendarDays, Download } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useLanguage } from '../../texts/use-texts.tsx'
import type { LogKind } from './kinds.ts'
import { type LogPageSearch, logQuery, PERIODS } from './log-search.ts'

interface LogToolbarProps {
  readonly kind: LogKind
  readonly search: LogPageSearch
  readonly onFilter: (part: LogPageSearch) => void
  readonly onRefresh: (on: boolean) => void
}

const NO_FILTER: LogPageSearch = {
  period: undefined,
  from: undefined,
  to: undefined,
  actor: undefined,
  action: undefined,
  objectType: undefined,
  object: undefined,
  result: undefined,
}

export function LogToolbar({ kind, search, onFilter, onRefresh }: LogToolbarProps) {
  const { common } = useLanguage().texts
  const isFiltered = Object.keys(NO_FILTER).some((name) => search[name as keyof LogPageSearch] !== undefined)
  return (
    <Group mb="md" justify="space-between" gap="sm">
      <Group gap="sm">
        <Period search={search} onFilter={onFilter} />
        {isFiltered && (
          <Button variant="subtle" onClick={() => onFilter(NO_FILTER)}>
            {common.clearFilters}
          </Button>
        )}
      </Group>
      <Group gap="md">
        <Switch
          label={common.autoRefresh}
          checked={search.refresh ?? false}
          onChange={(event) => onRefresh(event.currentTarget.checked)}
        />
        <DownloadMenu kind={kind} search={search} />
      </Group>
    </Group>
  )
}

function Period({ search, onFilter }: Pick<LogToolbarProps, 'search' | 'onFilter'>) {
  const { texts, locale } = useLanguage()
  const { logs } = texts
  const hasDays = search.from !== undefined || search.to !== undefined
  const [choosing, setChoosing] = useState(hasDays)
  const chosen = search.period ?? (hasDays || choosing ? 'custom' : 'any')
  const choose = (value: string | null) => {
    setChoosing(value === 'custom')
    onFilter({ period: PERIODS.find((period) => period === value), from: undefined, to: undefined })
  }
  return (
    <>
      <Select
        aria-label={logs.period}
        leftSection={<CalendarDays size={16} aria-hidden />}
        w={190}
        allowDeselect={false}
        data={['any', ...PERIODS, 'custom'].map((value) => ({
          value,
          label: logs.presets[value as keyof typeof logs.presets],
        }))}
        value={chosen}
        onChange={choose}
      />
      {chosen === 'custom' && (
        <DatePickerInput
          type="range"
          placeholder={logs.days}
          locale={locale}
          w={260}
          allowSingleDateInRange
          valueFormat="YYYY-MM-DD"
          defaultValue={[search.from ?? null, search.to ?? null]}
          onChange={([from, to]) => {
            if ((from && to) || (!from && !to))
              onFilter({ period: undefined, from: from ?? undefined, to: to ?? undefined })
          }}
        />
      )}
    </>
  )
}

/** The download contains all results, not only this page. */
function DownloadMenu({ kind, search }: Pick<LogToolbarProps, 'kind' | 'search'>) {
  const { common, logs } = useLanguage().texts
  const href = (format: string) => {
    const { after: _, ...query } = logQuery(search)
    return api.href(`${kind.path}/export`, { ...query, format })
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Download size={16} aria-hidden />}>
          {common.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {['csv', 'json'].map((format) => (
          <Menu.Item key={format} component="a" href={href(format)} download>
            {logs.downloadAs(format.toUpperCase())}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
