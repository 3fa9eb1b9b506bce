import { Center, Paper, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, type Me, setHooks } from '../../api/client.ts'
import { MainButton } from '../../components/main-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ME_KEY } from '../../session/use-me.ts'

/** Where the person wanted to go: a page of ours, whatever the address says. */
function addressOf(from = '/'): string {
  return /^\/(?![/\\])/.test(from) ? `/admin${from}` : '/admin/'
}

export function SignInPage() {
  const { from } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    try {
      const me = await api.post<Me>('/session', { email: form.get('email'), password: form.get('password') })
      setHooks({ csrfToken: me.csrfToken })
      queries.setQueryData(ME_KEY, me)
      router.history.push(addressOf(from))
    } catch (reason) {
      setError(reason)
    }
  }
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={400}>
        <PageHeader title="Sign in" />
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <ProblemAlert error={error} />
            <TextInput name="email" type="email" label="E-mail" autoComplete="username" required />
            <PasswordInput name="password" label="Password" autoComplete="current-password" required />
            <MainButton type="submit">Sign in</MainButton>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
