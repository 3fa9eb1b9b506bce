import { Fieldset, Group, NumberInput, Stack, Switch, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Application } from '../../../../src/http/portal/contract/application.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { MainButton } from '../../components/main-button.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { UnsavedGuard } from '../../components/unsaved-guard.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { GrantPicker } from './grant-picker.tsx'

const FIELDS = ['name', 'origin', 'sessionMinutes', 'factorMinutes']

function valuesOf(application: Application | undefined) {
  return {
    name: application?.name ?? '',
    origin: application?.origin ?? '',
    enabled: application?.enabled ?? true,
    forEverybody: application?.forEverybody ?? false,
    sessionMinutes: application?.sessionMinutes ?? null,
    factorMinutes: application?.factorMinutes ?? null,
    grants: application?.grants ?? [],
  }
}

export function ApplicationForm({ application }: { readonly application: Application | undefined }) {
  const { applications, common } = useTexts()
  const [values, setValues] = useState(() => valuesOf(application))
  const set = (change: Partial<typeof values>) => setValues((old) => ({ ...old, ...change }))
  const mayChange = useMay('admin')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => {
      const body = { ...values, grants: values.grants.map(({ type, id }) => ({ type, id })) }
      if (!application) return api.post<Application>('/applications', body)
      return api.put<Application>(`/applications/${application.id}`, body)
    },
    onSuccess: (saved) => {
      notifications.show({ message: applications.saved(saved.name) })
      queries.setQueryData(['applications', saved.id], saved)
      void queries.invalidateQueries({ queryKey: ['applications'], exact: true })
    },
  })
  const saved = save.data
  useEffect(() => {
    if (saved && !application) void navigate({ to: '/applications/$id', params: { id: saved.id } })
  }, [saved, application, navigate])
  const isDirty = JSON.stringify(values) !== JSON.stringify(valuesOf(application)) && !saved
  const { byField, rest } = formProblems(save.error, FIELDS)
  const minutes = (field: 'sessionMinutes' | 'factorMinutes', hint: string) => (
    <NumberInput
      label={applications[field]}
      description={hint}
      min={1}
      max={720}
      allowDecimal={false}
      value={values[field] ?? ''}
      onChange={(value) => set({ [field]: value === '' ? null : Number(value) })}
      error={byField[field]}
    />
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <UnsavedGuard isDirty={isDirty} />
      <Stack maw={720}>
        <ProblemAlert error={save.error && rest ? save.error : undefined} />
        <Fieldset variant="unstyled" disabled={!mayChange}>
          <Stack>
            <TextInput
              label={applications.name}
              required
              maxLength={100}
              value={values.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              error={byField.name}
            />
            <TextInput
              label={applications.origin}
              description={applications.originHint}
              type="url"
              required
              value={values.origin}
              onChange={(event) => set({ origin: event.currentTarget.value })}
              error={byField.origin}
            />
            <Switch
              label={applications.enabled}
              description={applications.enabledHint}
              checked={values.enabled}
              onChange={(event) => set({ enabled: event.currentTarget.checked })}
            />
            <Fieldset legend={applications.who}>
              <Stack>
                <Switch
                  label={applications.everybody}
                  checked={values.forEverybody}
                  onChange={(event) => set({ forEverybody: event.currentTarget.checked })}
                />
                {!values.forEverybody && (
                  <GrantPicker grants={values.grants} onChange={(grants) => set({ grants })} />
                )}
              </Stack>
            </Fieldset>
            {minutes('sessionMinutes', applications.sessionHint)}
            {minutes('factorMinutes', applications.factorHint)}
          </Stack>
        </Fieldset>
        {mayChange && (
          <Group justify="flex-end">
            <MainButton type="submit" loading={save.isPending}>
              {common.save}
            </MainButton>
          </Group>
        )}
      </Stack>
    </form>
  )
}
