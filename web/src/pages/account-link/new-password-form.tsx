import { Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { AccountLink } from '../../../../src/http/portal/account/contract.ts'
import type { SignInAnswer } from '../../../../src/http/portal/session/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { NewPasswordInput, PasswordOwner } from '../../components/forms/new-password-fields.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

interface NewPasswordFormProps {
  readonly token: string
  readonly link: AccountLink
  readonly onDone: (answer: SignInAnswer) => void
}

export function NewPasswordForm({ token, link, onDone }: NewPasswordFormProps) {
  const { account } = useTexts()
  const [password, setPassword] = useState('')
  const send = useMutation({
    mutationFn: () => api.post<SignInAnswer>(`/links/${encodeURIComponent(token)}`, { password }),
    onSuccess: onDone,
  })
  const { byField, rest } = formProblems(send.error, ['password'])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate()
      }}
    >
      <Stack>
        <ProblemAlert error={send.error && rest ? send.error : undefined} />
        <PasswordOwner email={link.email ?? ''} />
        <NewPasswordInput
          hasFactor={link.hasFactor}
          autoFocus
          value={password}
          onChange={setPassword}
          error={byField.password}
        />
        <MainButton type="submit" loading={send.isPending}>
          {account.link.setPassword}
        </MainButton>
      </Stack>
    </form>
  )
}
