import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { formProblems } from '../../../api/form-problems.ts'
import { SaveProblem } from '../../../components/forms/save-problem.tsx'
import { UnsavedGuard } from '../../../components/forms/unsaved-guard.tsx'
import { MainButton } from '../../../components/main-button.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { Section } from '../user/section.tsx'

const IDENTITY = ['userName', 'email', 'givenName', 'familyName', 'displayName'] as const
const WORK_FIELDS = ['title', 'department', 'manager', 'employeeNumber', 'phoneNumber'] as const
export const FIELDS = [...IDENTITY, ...WORK_FIELDS] as const
export type Field = (typeof FIELDS)[number]
export type UserValues = Readonly<Record<Field, string>>

const REQUIRED: readonly Field[] = ['userName', 'email']

interface UserFormProps {
  readonly initial: UserValues
  /** @returns the page to open afterwards */
  readonly onSave: (changed: Partial<UserValues>) => Promise<() => void>
  readonly onCancel: () => void
  /** Reloads the user after an edit conflict. */
  readonly onReload?: () => void
}

export function UserForm({ initial, onSave, onCancel, onReload }: UserFormProps) {
  const { users, common } = useTexts()
  const texts = users.form
  const [values, setValues] = useState(initial)
  const [leave, setLeave] = useState<() => void>()
  useEffect(() => leave?.(), [leave]) // only after the unsaved-changes guard knows that everything is saved
  const changed = Object.fromEntries(
    FIELDS.filter((name) => values[name].trim() !== initial[name]).map((name) => [name, values[name].trim()]),
  )
  const save = useMutation({
    mutationFn: () => onSave(changed),
    onSuccess: (next) => setLeave(() => next),
  })
  const { byField, rest } = formProblems(save.error, FIELDS)
  const isDirty = Object.keys(changed).length > 0
  const input = (name: Field) => (
    <TextInput
      key={name}
      label={texts[name]}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...(name === 'userName' && { description: texts.userNameHint })}
      type={name === 'email' ? 'email' : 'text'}
      autoComplete="off"
      required={REQUIRED.includes(name)}
      value={values[name]}
      onChange={(event) => {
        const { value } = event.currentTarget
        setValues((old) => ({ ...old, [name]: value }))
        if (byField[name]) save.reset()
      }}
      error={byField[name]}
    />
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <UnsavedGuard isDirty={isDirty && !leave} />
      <Stack gap="lg" maw={860}>
        <SaveProblem error={save.error && rest ? save.error : undefined} onReload={onReload} />
        <Section title={texts.identity}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>{IDENTITY.map(input)}</SimpleGrid>
        </Section>
        <Section title={texts.work}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>{WORK_FIELDS.map(input)}</SimpleGrid>
        </Section>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {common.cancel}
          </Button>
          <MainButton type="submit" loading={save.isPending || leave !== undefined} disabled={!isDirty}>
            {common.save}
          </MainButton>
        </Group>
      </Stack>
    </form>
  )
}
