import { Group, Paper, Select, Switch, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Inbox } from 'lucide-react'
import type { ScimRequestPage } from '../../../../src/http/portal/provisioning/requests-contract.ts'
import { api } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { SearchField } from '../../components/forms/search-field.tsx'
import { NothingFound } from '../../components/nothing-found.tsx'
import { Pager } from '../../components/pager.tsx'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'
import { OBJECTS, OPERATIONS, RESULTS, type RequestFilters } from './filters.ts'
import { RequestTable } from './request-table.tsx'

const LIVE_MILLISECONDS = 3_000

interface RequestListProps {
  readonly idpId: string
  readonly filters: RequestFilters
  readonly keptDays: number | undefined
  readonly unkept: number
  readonly onChange: (filters: RequestFilters) => void
  readonly onOpen: (id: string) => void
}

export function RequestList({ idpId, filters, keptDays, unkept, onChange, onOpen }: RequestListProps) {
  const { requests: texts } = useTexts().provisioning
  const { locale } = useLanguage()
  const { request: _, live, ...query } = filters
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['scim-requests', idpId, query, locale],
    queryFn: ({ signal }) =>
      api.get<ScimRequestPage>(`/identity-providers/${idpId}/scim-requests`, query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: live ? LIVE_MILLISECONDS : false,
  })
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.title}>
      <Title order={2} size="h4">
        {texts.title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" mih={21}>
        {keptDays === undefined ? '' : keptDays === 0 ? texts.notKept : texts.kept(keptDays)}
        {unkept > 0 && ` ${texts.unkept(unkept)}`}
      </Text>
      <Filters filters={filters} onChange={onChange} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <RequestTable
        caption={texts.caption}
        rows={data?.items}
        isStale={isPlaceholderData}
        onOpen={onOpen}
        empty={<Nothing filters={filters} onChange={onChange} />}
      />
      <Pager after={filters.after} next={data?.next} onPage={(after) => onChange(after ? { after } : {})} />
    </Paper>
  )
}

type FiltersProps = Pick<RequestListProps, 'filters' | 'onChange'>

function Filters({ filters, onChange }: FiltersProps) {
  const { common, provisioning } = useTexts()
  const { requests: texts, operations, objects } = provisioning
  const results = { success: texts.success, failure: texts.failure }
  return (
    <Group mb="sm" gap="sm" align="center">
      <SearchField
        value={filters.text}
        onSearch={(text) => onChange({ text })}
        placeholder={texts.search}
        aria-label={texts.search}
        w={{ base: '100%', sm: 240 }}
      />
      <Choice
        label={texts.result}
        all={texts.allResults}
        value={filters.result}
        words={RESULTS}
        names={results}
        onChoose={(result) => onChange({ result })}
      />
      <Choice
        label={texts.operation}
        all={texts.allOperations}
        value={filters.operation}
        words={OPERATIONS}
        names={operations}
        onChoose={(operation) => onChange({ operation })}
      />
      <Choice
        label={texts.object}
        all={texts.allObjects}
        value={filters.objectType}
        words={OBJECTS}
        names={objects}
        onChoose={(objectType) => onChange({ objectType })}
      />
      <Switch
        label={common.autoRefresh}
        checked={filters.live === true}
        onChange={(event) => onChange({ live: event.currentTarget.checked || undefined })}
      />
    </Group>
  )
}

interface ChoiceProps<Word extends string> {
  readonly label: string
  /** Shown while no request is selected. */
  readonly all: string
  readonly value: Word | undefined
  readonly words: readonly Word[]
  readonly names: Readonly<Record<Word, string>>
  readonly onChoose: (word: Word | undefined) => void
}

function Choice<Word extends string>({ label, all, value, words, names, onChoose }: ChoiceProps<Word>) {
  const data = words.map((word) => ({ value: word, label: names[word] }))
  return (
    <Select
      aria-label={label}
      placeholder={all}
      data={data}
      value={value ?? null}
      onChange={(word) => onChoose((word as Word | null) ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': `${label}: ${all}` }}
      w={{ base: '100%', xs: 180 }}
    />
  )
}

function Nothing({ filters, onChange }: FiltersProps) {
  const { requests: texts } = useTexts().provisioning
  const { result, operation, objectType, text, after } = filters
  if (!(result ?? operation ?? objectType ?? text ?? after))
    return <EmptyState icon={Inbox} title={texts.emptyTitle} text={texts.emptyText} />
  const clear = () =>
    onChange({
      result: undefined,
      operation: undefined,
      objectType: undefined,
      text: undefined,
    })
  return <NothingFound title={texts.noneTitle} text={texts.noneText} onClear={clear} />
}
