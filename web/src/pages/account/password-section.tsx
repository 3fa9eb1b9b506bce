import { Button, Group, PasswordInput, SimpleGrid, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Me } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { NewPasswordInput, PasswordOwner } from '../../components/forms/new-password-fields.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { useMe } from '../../session/use-me.ts'
import { useSignedIn } from '../../session/use-signed-in.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { SESSIONS_KEY } from './queries.ts'
import { Section } from './section.tsx'

export function PasswordSection({ hasFactor }: { readonly hasFactor: boolean }) {
  const { account } = useTexts()
  const texts = account.password
  const { administrator } = useMe()
  const signedIn = useSignedIn()
  const queries = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => api.put<Me>('/me/password', { current, password }),
    onSuccess: (me) => {
      signedIn(me)
      setCurrent('')
      setPassword('')
      notifications.show({ message: texts.changed })
      void queries.invalidateQueries({ queryKey: SESSIONS_KEY })
    },
  })
  const { byField, rest } = formProblems(change.error, ['current', 'password'])
  return (
    <Section title={texts.title} about={texts.about}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={change.error && rest ? change.error : undefined} />
          <PasswordOwner email={administrator.email} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <PasswordInput
              label={texts.current}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              autoComplete="current-password"
              required
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
              error={byField.current}
            />
            <NewPasswordInput
              hasFactor={hasFactor}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={password}
              onChange={setPassword}
              error={byField.password}
            />
          </SimpleGrid>
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={change.isPending}>
              {texts.change}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
