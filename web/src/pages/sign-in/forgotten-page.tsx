import { Anchor, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useLoaderData } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { AuthFrame } from './auth-frame.tsx'

/** Requests a password reset link. It doesn't reveal whether the email address is known. */
export function ForgottenPage() {
  const { signIn } = useTexts()
  const { forgottenPage: texts } = signIn
  const means = useLoaderData({ from: '/forgotten-password' })
  const send = useMutation({ mutationFn: (email: string) => api.post('/password/forgotten', { email }) })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    send.mutate(String(new FormData(event.currentTarget).get('email')))
  }
  const back = (
    <Anchor component={Link} to="/sign-in" size="sm">
      {texts.back}
    </Anchor>
  )
  if (send.isSuccess || means?.mail === false)
    return (
      <AuthFrame title={send.isSuccess ? texts.sentTitle : texts.title}>
        <Stack>
          <Text role="status">{send.isSuccess ? texts.sentText(send.variables) : texts.noMail}</Text>
          {back}
        </Stack>
      </AuthFrame>
    )
  return (
    <AuthFrame title={texts.title} about={texts.about}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert error={send.error} />
          <TextInput
            name="email"
            type="email"
            label={signIn.email}
            autoComplete="username"
            required
            autoFocus
          />
          <MainButton type="submit" loading={send.isPending}>
            {texts.send}
          </MainButton>
          {back}
        </Stack>
      </form>
    </AuthFrame>
  )
}
