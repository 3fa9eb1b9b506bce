import { Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { UnsavedGuard } from '../../components/forms/unsaved-guard.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { ME_KEY, useMe } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { Section } from './section.tsx'

export function ProfileSection() {
  const { account, common } = useTexts()
  const { administrator } = useMe()
  const [name, setName] = useState(administrator.name)
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => api.patch('/me', { name }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ME_KEY })
      notifications.show({ message: common.saved })
    },
  })
  const isDirty = name !== administrator.name
  const { byField, rest } = formProblems(save.error, ['name'])
  return (
    <Section title={account.profile}>
      <UnsavedGuard isDirty={isDirty && !save.isPending} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={save.error && rest ? save.error : undefined} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={account.name}
              description={common.role[administrator.role]}
              autoComplete="name"
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={byField.name}
            />
            <TextInput
              label={account.email}
              description={account.emailHint}
              readOnly
              variant="filled"
              value={administrator.email}
            />
          </SimpleGrid>
          <Group justify="flex-end">
            <MainButton type="submit" disabled={!isDirty} loading={save.isPending}>
              {common.save}
            </MainButton>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
