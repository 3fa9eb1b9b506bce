import { Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useTexts } from '../../texts/use-texts.tsx'
import type { Draft } from './drafts.ts'
import { StepsEditor } from './steps-editor.tsx'

interface RuleOptionsProps {
  readonly draft: Draft
  readonly isReadOnly: boolean
  readonly problemAt: (field: string, isEmpty: boolean) => string | undefined
  readonly onChange: (draft: Draft) => void
}

/** Rarely used options: a constant instead of a SCIM value, transformation steps, a default. */
export function RuleOptions({ draft, isReadOnly, problemAt, onChange }: RuleOptionsProps) {
  const { mapping: t } = useTexts()
  const name = draft.attribute || t.newRule
  return (
    <Stack gap="sm" pt="sm" pb={6}>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {t.madeOf}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t.madeOfOne(name)}
          data={[
            { value: 'source', label: t.kind.source },
            { value: 'constant', label: t.kind.constant },
          ]}
          readOnly={isReadOnly}
          value={draft.kind}
          onChange={(kind) => onChange({ ...draft, kind: kind === 'constant' ? 'constant' : 'source' })}
        />
      </Group>
      {draft.kind === 'source' && (
        <Group gap="xl" align="flex-start">
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
            flex="1 1 14rem"
            maw="22rem"
            maxLength={200}
            readOnly={isReadOnly}
            value={draft.fallback}
            error={problemAt('default', false)}
            onChange={(event) => onChange({ ...draft, fallback: event.currentTarget.value })}
          />
        </Group>
      )}
    </Stack>
  )
}
