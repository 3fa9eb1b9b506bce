import {
  ActionIcon,
  Autocomplete,
  Button,
  Collapse,
  Group,
  Paper,
  Select,
  Stack,
  TextInput,
} from '@mantine/core'
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, X } from 'lucide-react'
import { useState } from 'react'
import type { AttributeMapping } from '../../../../src/http/portal/contract/mapping.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import type { Draft } from './drafts.ts'
import { PathField } from './path-field.tsx'
import { StepsEditor } from './steps-editor.tsx'

/** The id of a part of a rule, for the focus. */
export const rowId = (key: string, part: 'attribute' | 'up' | 'down' | 'remove') => `rule-${key}-${part}`

interface RuleRowProps {
  readonly draft: Draft
  readonly index: number
  readonly count: number
  readonly data: AttributeMapping
  readonly isReadOnly: boolean
  /** What is wrong at a field; of one that is still empty, only when it was tried to save it. */
  readonly problemAt: (field: string, isEmpty: boolean) => string | undefined
  readonly onChange: (draft: Draft) => void
  readonly onMove: (by: 1 | -1) => void
  readonly onRemove: () => void
}

/** One rule: an attribute of the profile, and what it is made of. */
export function RuleRow(props: RuleRowProps) {
  const { draft, index, count, data, isReadOnly, problemAt, onChange, onMove, onRemove } = props
  const { mapping: t, identityProviders } = useTexts()
  const inSteps = draft.steps.some(
    (step, i) => problemAt(`steps.${i}.text`, step.text === '') ?? problemAt(`steps.${i}.separator`, false),
  )
  const hasMore = draft.steps.length > 0 || draft.fallback !== ''
  const [isOpen, setOpen] = useState(hasMore)
  const name = draft.attribute || t.newRule
  const isShown = (isOpen || inSteps) && draft.kind === 'source'
  return (
    <Paper
      component="li"
      withBorder
      p="xs"
      aria-label={identityProviders.mappingRule(index + 1)}
      onKeyDown={(event) => {
        if (!event.altKey || isReadOnly || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
        event.preventDefault()
        onMove(event.key === 'ArrowUp' ? -1 : 1)
      }}
    >
      <Group gap="xs" align="flex-start" wrap="wrap">
        <Autocomplete
          id={rowId(draft.key, 'attribute')}
          flex="1 1 9rem"
          aria-label={identityProviders.mappingAttribute}
          placeholder={identityProviders.mappingAttribute}
          description={t.attribute[draft.attribute as keyof typeof t.attribute] ?? t.ownAttribute}
          inputWrapperOrder={['input', 'description', 'error']}
          data={data.attributes.map((attribute) => attribute.name)}
          maxLength={50}
          spellCheck={false}
          readOnly={isReadOnly}
          value={draft.attribute}
          error={problemAt('attribute', draft.attribute === '')}
          onChange={(attribute) => onChange({ ...draft, attribute })}
        />
        <Select
          w="8.5rem"
          aria-label={t.madeOf(name)}
          data={[
            { value: 'source', label: t.kind.source },
            { value: 'constant', label: t.kind.constant },
          ]}
          allowDeselect={false}
          readOnly={isReadOnly}
          value={draft.kind}
          onChange={(kind) => onChange({ ...draft, kind: kind === 'constant' ? 'constant' : 'source' })}
        />
        {draft.kind === 'source' ? (
          <PathField
            label={t.sourceOf(name)}
            paths={data.paths}
            isReadOnly={isReadOnly}
            value={draft.source}
            error={problemAt('source', draft.source === '')}
            onChange={(source) => onChange({ ...draft, source })}
          />
        ) : (
          <TextInput
            flex="2 1 12rem"
            aria-label={t.constantOf(name)}
            placeholder={t.constantHint}
            maxLength={200}
            readOnly={isReadOnly}
            value={draft.constant}
            error={problemAt('constant', draft.constant === '')}
            onChange={(event) => onChange({ ...draft, constant: event.currentTarget.value })}
          />
        )}
        {!isReadOnly && (
          <Group gap={0} wrap="nowrap" ml="auto">
            <ActionIcon
              id={rowId(draft.key, 'up')}
              variant="subtle"
              color="gray"
              c="var(--mantine-color-text)"
              size="lg"
              aria-label={t.up(name)}
              disabled={index === 0}
              onClick={() => onMove(-1)}
            >
              <ArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              id={rowId(draft.key, 'down')}
              variant="subtle"
              color="gray"
              c="var(--mantine-color-text)"
              size="lg"
              aria-label={t.down(name)}
              disabled={index === count - 1}
              onClick={() => onMove(1)}
            >
              <ArrowDown size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              id={rowId(draft.key, 'remove')}
              variant="subtle"
              color="gray"
              c="var(--mantine-color-text)"
              size="lg"
              aria-label={identityProviders.mappingRemove(name)}
              onClick={onRemove}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        )}
      </Group>
      {draft.kind === 'source' && (!isReadOnly || hasMore) && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            c="var(--mantine-color-anchor)"
            px={4}
            leftSection={
              isShown ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />
            }
            aria-expanded={isShown}
            aria-label={t.moreOf(name)}
            onClick={() => setOpen(!isShown)}
          >
            {t.more(draft.steps.length, draft.fallback !== '')}
          </Button>
          <Collapse expanded={isShown}>
            <Stack gap="xs" pl="md" pt="xs">
              <StepsEditor
                name={name}
                steps={draft.steps}
                isReadOnly={isReadOnly}
                problemAt={(at, isEmpty) => problemAt(`steps.${at}`, isEmpty)}
                onChange={(steps) => onChange({ ...draft, steps })}
              />
              <TextInput
                label={t.fallback}
                description={t.fallbackHelp}
                maxLength={200}
                readOnly={isReadOnly}
                value={draft.fallback}
                error={problemAt('default', false)}
                onChange={(event) => onChange({ ...draft, fallback: event.currentTarget.value })}
              />
            </Stack>
          </Collapse>
        </>
      )}
    </Paper>
  )
}
