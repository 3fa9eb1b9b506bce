import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { RecoveryCodes, TotpEnrolment } from '../../../../src/http/portal/account/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { TotpFields } from '../../factors/totp-fields.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

export interface AddFactorProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly onAdded: (answer: RecoveryCodes) => void
}

export function AddApp({ opened, onClose, onAdded }: AddFactorProps) {
  const { account, common } = useTexts()
  const [code, setCode] = useState('')
  const begin = useMutation({ mutationFn: () => api.post<TotpEnrolment>('/me/totp') })
  const finish = useMutation({
    mutationFn: () => api.post<RecoveryCodes>('/me/factors', { enrolmentId: begin.data?.enrolmentId, code }),
    onSuccess: onAdded,
  })
  const { mutate, reset } = begin
  useEffect(() => {
    if (!opened) return
    setCode('')
    reset()
    mutate()
  }, [opened, mutate, reset])
  const { byField, rest } = formProblems(finish.error, ['code'])
  return (
    <Modal opened={opened} onClose={onClose} title={account.factors.addApp} size="lg" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          finish.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={begin.error ?? (finish.error && rest ? finish.error : undefined)} />
          <TotpFields enrolment={begin.data} code={code} onCode={setCode} problem={byField.code} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <MainButton type="submit" loading={finish.isPending} disabled={!begin.data}>
              {account.factors.finish}
            </MainButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
