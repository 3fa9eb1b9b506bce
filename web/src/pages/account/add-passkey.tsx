import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { PasskeyEnrolment, RecoveryCodes } from '../../../../src/http/portal/account/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { usePasskeys } from '../../session/use-passkeys.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import type { AddFactorProps } from './add-app.tsx'

export function AddPasskey({ opened, onClose, onAdded }: AddFactorProps) {
  const { account, common } = useTexts()
  const passkeys = usePasskeys()
  const [name, setName] = useState('')
  const make = useMutation({
    mutationFn: async () => {
      const { enrolmentId, options } = await api.post<PasskeyEnrolment>('/me/passkeys')
      const credential = await passkeys.create(options)
      return api.post<RecoveryCodes>('/me/factors', { enrolmentId, credential, name })
    },
    onSuccess: (answer) => {
      setName('')
      onAdded(answer)
    },
  })
  const { byField, rest } = formProblems(make.error, ['name'])
  return (
    <Modal opened={opened} onClose={onClose} title={account.factors.addPasskey} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={make.error && rest ? make.error : undefined} />
          <TextInput
            label={account.factors.passkeyName}
            description={account.factors.passkeyNameHint}
            required
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={byField.name}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <MainButton type="submit" loading={make.isPending}>
              {account.factors.create}
            </MainButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
