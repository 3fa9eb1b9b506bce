import { ActionIcon, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { X } from 'lucide-react'
import { useTexts } from '../../texts/use-texts.tsx'
import { type DraftStep, hasText, newStep, OPS, type Op } from './drafts.ts'

interface StepsEditorProps {
  readonly name: string
  readonly steps: readonly DraftStep[]
  readonly isReadOnly: boolean
  readonly problemAt: (field: string, isEmpty: boolean) => string | undefined
  readonly onChange: (steps: readonly DraftStep[]) => void
}

const STEPS_AT_MOST = 5

/** Editor for the transformation steps of a rule, in order. */
export function StepsEditor({ name, steps, isReadOnly, problemAt, onChange }: StepsEditorProps) {
  const { mapping: t } = useTexts()
  const ops = OPS.map((op) => ({ value: op, label: t.op[op] }))
  const change = (at: number, step: DraftStep) => onChange(steps.map((one, i) => (i === at ? step : one)))
  return (
    <Stack gap={6} role="group" aria-label={t.stepsOf(name)}>
      <Text size="sm" fw={600}>
        {t.steps}
      </Text>
      {isReadOnly && steps.length === 0 && <Text size="sm">{t.noSteps}</Text>}
      {steps.map((step, i) => (
        <Group key={step.key} gap="xs" align="flex-start">
          <Text size="sm" c="dimmed" pt={8} w={16} ta="right">
            {i + 1}.
          </Text>
          <Select
            w="11rem"
            aria-label={t.step(i + 1)}
            data={ops}
            allowDeselect={false}
            readOnly={isReadOnly}
            value={step.op}
            error={problemAt(`${i}.op`, false)}
            onChange={(op) => op && change(i, { ...newStep(op as Op), key: step.key })}
          />
          {hasText(step.op) && (
            <TextInput
              flex="1 1 6rem"
              maw="12rem"
              aria-label={step.op === 'join' ? t.separator : t.text}
              placeholder={step.op === 'join' ? t.separator : t.text}
              maxLength={20}
              readOnly={isReadOnly}
              value={step.text}
              error={problemAt(`${i}.${step.op === 'join' ? 'separator' : 'text'}`, step.text === '')}
              onChange={(event) => change(i, { ...step, text: event.currentTarget.value })}
            />
          )}
          {!isReadOnly && (
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--mantine-color-text)"
              size="lg"
              aria-label={t.removeStep(i + 1)}
              onClick={() => onChange(steps.filter((_, other) => other !== i))}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      {!isReadOnly && steps.length < STEPS_AT_MOST && (
        <Select
          w="11rem"
          aria-label={t.addStep}
          placeholder={t.addStep}
          data={ops}
          value={null}
          onChange={(op) => op && onChange([...steps, newStep(op as Op)])}
        />
      )}
    </Stack>
  )
}
