import { Button, Modal, Group as Row, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Group } from '../../../../src/http/portal/groups/contract.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

interface GroupNameDialogProps {
  readonly title: string
  readonly initial: string
  readonly onClose: () => void
  readonly onSave: (displayName: string) => Promise<Group>
  readonly onSaved: (group: Group) => void
}

/** Dialog that names a new group or renames one. */
export function GroupNameDialog({ title, initial, onClose, onSave, onSaved }: GroupNameDialogProps) {
  const { common, groups } = useTexts()
  const [name, setName] = useState(initial)
  const save = useMutation({ mutationFn: () => onSave(name.trim()), onSuccess: onSaved })
  const { byField, rest } = formProblems(save.error, ['displayName'])
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={save.error && rest ? save.error : undefined} />
          <TextInput
            label={groups.form.name}
            required
            maxLength={200}
            data-autofocus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={byField.displayName}
          />
          <Row justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <MainButton type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {groups.form.save}
            </MainButton>
          </Row>
        </Stack>
      </form>
    </Modal>
  )
}
