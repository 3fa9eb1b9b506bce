import { ActionIcon, Autocomplete, Collapse, Group, Paper, Text, TextInput } from '@mantine/core'
import { ArrowDown, ArrowUp, type LucideIcon, Settings2, X } from 'lucide-react'
import { useId, useState } from 'react'
import type { AttributeMapping } from '../../../../src/http/portal/mapping/contract.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import type { Draft } from './drafts.ts'
import { PathField } from './path-field.tsx'
import { RuleOptions } from './rule-options.tsx'

/** DOM id of a part of a rule, used to focus it. */
export const rowId = (key: string, part: 'attribute' | 'up' | 'down' | 'remove') => `rule-${key}-${part}`

interface RuleRowProps {
  readonly draft: Draft
  readonly index: number
  readonly count: number
  readonly data: AttributeMapping
  readonly isReadOnly: boolean
  /** Errors by field; an empty field counts only after an attempt to save. */
  readonly problemAt: (field: string, isEmpty: boolean) => string | undefined
  readonly onChange: (draft: Draft) => void
  readonly onMove: (by: 1 | -1) => void
  readonly onRemove: () => void
}

/** One rule: a profile attribute and its source. Rarely used options are behind a button. */
export function RuleRow(props: RuleRowProps) {
  const { draft, index, isReadOnly, onMove } = props
  const { identityProviders } = useTexts()
  const options = useId()
  const [isOpen, setOpen] = useState(false)
  const isShown = isOpen || hasWrongOption(props)
  return (
    <Paper
      component="li"
      withBorder
      px="xs"
      py={6}
      aria-label={identityProviders.mappingRule(index + 1)}
      onKeyDown={(event) => {
        if (!event.altKey || isReadOnly || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
        event.preventDefault()
        onMove(event.key === 'ArrowUp' ? -1 : 1)
      }}
    >
      <div className="mapping-rule">
        <AttributeField {...props} />
        {draft.kind === 'source' ? <SourceField {...props} /> : <ConstantField {...props} />}
        <Buttons {...props} isOpen={isShown} optionsId={options} onOptions={() => setOpen(!isShown)} />
      </div>
      <Collapse expanded={isShown} id={options}>
        <RuleOptions {...props} />
      </Collapse>
    </Paper>
  )
}

function hasWrongOption({ draft, problemAt }: RuleRowProps): boolean {
  if (draft.kind === 'constant') return false
  return draft.steps.some(
    (step, i) => problemAt(`steps.${i}.text`, step.text === '') ?? problemAt(`steps.${i}.separator`, false),
  )
}

function AttributeField({ draft, data, isReadOnly, problemAt, onChange }: RuleRowProps) {
  const { mapping: t, identityProviders } = useTexts()
  const meaning = (name: string) => t.attribute[name as keyof typeof t.attribute] ?? t.ownAttribute
  return (
    <Autocomplete
      id={rowId(draft.key, 'attribute')}
      className="mapping-attribute"
      aria-label={identityProviders.mappingAttribute}
      title={draft.attribute && meaning(draft.attribute)}
      placeholder={identityProviders.mappingAttribute}
      data={data.attributes.map((attribute) => attribute.name)}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.value}</Text>
          <Text size="xs" c="dimmed">
            {meaning(option.value)}
          </Text>
        </div>
      )}
      comboboxProps={{ width: 220, position: 'bottom-start' }}
      maxLength={50}
      spellCheck={false}
      readOnly={isReadOnly}
      value={draft.attribute}
      error={problemAt('attribute', draft.attribute === '')}
      onChange={(attribute) => onChange({ ...draft, attribute })}
    />
  )
}

function SourceField({ draft, data, isReadOnly, problemAt, onChange }: RuleRowProps) {
  const { mapping: t } = useTexts()
  return (
    <PathField
      label={t.sourceOf(draft.attribute || t.newRule)}
      paths={data.paths}
      isReadOnly={isReadOnly}
      value={draft.source}
      error={problemAt('source', draft.source === '')}
      onChange={(source) => onChange({ ...draft, source })}
    />
  )
}

function ConstantField({ draft, isReadOnly, problemAt, onChange }: RuleRowProps) {
  const { mapping: t } = useTexts()
  return (
    <TextInput
      className="mapping-source"
      aria-label={t.constantOf(draft.attribute || t.newRule)}
      placeholder={t.constantHint}
      leftSection={
        <Text size="xs" c="dimmed" aria-hidden>
          {t.kind.constant}
        </Text>
      }
      leftSectionWidth={76}
      maxLength={200}
      readOnly={isReadOnly}
      value={draft.constant}
      error={problemAt('constant', draft.constant === '')}
      onChange={(event) => onChange({ ...draft, constant: event.currentTarget.value })}
    />
  )
}

interface ButtonsProps extends RuleRowProps {
  readonly isOpen: boolean
  readonly optionsId: string
  readonly onOptions: () => void
}

function Buttons(props: ButtonsProps) {
  const { draft, index, count, isReadOnly, isOpen, optionsId, onOptions, onMove, onRemove } = props
  const { mapping: t, identityProviders } = useTexts()
  const name = draft.attribute || t.newRule
  const options = t.options(draft.kind === 'source' ? draft.steps.length : 0, draft.fallback !== '')
  return (
    <Group gap={0} wrap="nowrap" className="mapping-buttons">
      <RuleButton
        icon={Settings2}
        label={t.optionsOf(name, options)}
        isMarked={options !== ''}
        expanded={isOpen}
        controls={optionsId}
        onClick={onOptions}
      />
      {!isReadOnly && (
        <>
          <RuleButton
            id={rowId(draft.key, 'up')}
            icon={ArrowUp}
            label={t.up(name)}
            disabled={index === 0}
            onClick={() => onMove(-1)}
          />
          <RuleButton
            id={rowId(draft.key, 'down')}
            icon={ArrowDown}
            label={t.down(name)}
            disabled={index === count - 1}
            onClick={() => onMove(1)}
          />
          <RuleButton
            id={rowId(draft.key, 'remove')}
            icon={X}
            label={identityProviders.mappingRemove(name)}
            onClick={onRemove}
          />
        </>
      )}
    </Group>
  )
}

interface RuleButtonProps {
  readonly id?: string
  readonly icon: LucideIcon
  readonly label: string
  /** Whether any of the options is set. */
  readonly isMarked?: boolean
  readonly disabled?: boolean
  readonly expanded?: boolean
  readonly controls?: string
  readonly onClick: () => void
}

/** Transparent, so that a disabled button doesn't stand out. */
function RuleButton(props: RuleButtonProps) {
  const { id, icon: Icon, label, isMarked = false, disabled = false, expanded, controls, onClick } = props
  return (
    <ActionIcon
      {...(id && { id })}
      variant={isMarked ? 'light' : 'subtle'}
      color={isMarked ? 'navy' : 'gray'}
      c={disabled ? 'var(--mantine-color-disabled-color)' : 'var(--mantine-color-text)'}
      {...(disabled && { bg: 'transparent' })}
      size={30}
      title={label}
      aria-label={label}
      aria-expanded={expanded}
      aria-controls={controls}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={16} aria-hidden />
    </ActionIcon>
  )
}
