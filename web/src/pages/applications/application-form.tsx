import {
  Button,
  Fieldset,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Application } from '../../../../src/http/portal/applications/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { editingKey } from '../../api/use-editing.ts'
import { focusFirstError } from '../../components/forms/focus-first-error.ts'
import { SaveProblem } from '../../components/forms/save-problem.tsx'
import { UnsavedGuard } from '../../components/forms/unsaved-guard.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { GrantPicker } from './grant-picker.tsx'
import { LostGrants } from './lost-grants.tsx'

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

/** In the server's order, so that the form can be compared with the saved version. */
function inOrder(grants: Application['grants']): Application['grants'] {
  const once = grants.filter(({ id }, place) => grants.findIndex((grant) => grant.id === id) === place)
  return once.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

interface ApplicationFormProps {
  /** Undefined for a new object. */
  readonly application: Application | undefined
  /** Loads the newer version after an edit conflict. */
  readonly onReload?: () => void
}

export function ApplicationForm({ application, onReload }: ApplicationFormProps) {
  const { applications, common } = useTexts()
  const [values, setValues] = useState(() => valuesOf(application))
  const set = (change: Partial<typeof values>) => setValues((old) => ({ ...old, ...change }))
  const mayChange = useMay('admin')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [saved, setSaved] = useState(application)
  const save = useMutation({
    mutationFn: () => {
      const body = {
        ...values,
        sessionMinutes: values.sessionMinutes ?? ('unlimited' as const),
        factorMinutes: values.factorMinutes ?? ('unlimited' as const),
        grants: values.grants.map(({ type, id }) => ({ type, id })),
      }
      if (!saved) return api.post<Application>('/applications', body)
      return api.put<Application>(`/applications/${saved.id}`, body, { 'if-match': `"${saved.version}"` })
    },
    onSuccess: (next) => {
      setSaved(next)
      setValues(valuesOf(next))
      notifications.show({ message: applications.saved(next.name) })
      queries.setQueryData(editingKey(['applications', next.id]), next)
      void queries.invalidateQueries({ queryKey: ['applications'], exact: true })
    },
    onError: () => focusFirstError(),
  })
  /** A lost grant is resolved at once, independent of unsaved changes. */
  const takeLostGrants = (next: Application) => {
    const before = saved?.grants ?? []
    const added = next.grants.filter(({ id }) => !before.some((grant) => grant.id === id))
    setSaved(next)
    setValues((old) => ({ ...old, grants: inOrder([...old.grants, ...added]) }))
    queries.setQueryData(editingKey(['applications', next.id]), next)
    void queries.invalidateQueries({ queryKey: ['applications'], exact: true })
  }
  const isDirty = JSON.stringify(values) !== JSON.stringify(valuesOf(saved))
  // Only after the form is saved: the unsaved-changes guard would ask otherwise.
  const newId = application ? undefined : saved?.id
  useEffect(() => {
    if (newId) void navigate({ to: '/applications/$id', params: { id: newId }, replace: true })
  }, [newId, navigate])
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
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!save.isPending) save.mutate()
      }}
    >
      <UnsavedGuard isDirty={isDirty} />
      <Stack maw={720}>
        <Fieldset variant="unstyled" mx={0} disabled={!mayChange}>
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
            <Fieldset mx={0} legend={applications.who}>
              <Stack>
                <Switch
                  label={applications.everybody}
                  checked={values.forEverybody}
                  onChange={(event) => set({ forEverybody: event.currentTarget.checked })}
                />
                {saved && <LostGrants application={saved} onChange={takeLostGrants} />}
                {!values.forEverybody && (
                  <GrantPicker grants={values.grants} onChange={(grants) => set({ grants })} />
                )}
              </Stack>
            </Fieldset>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              {minutes('sessionMinutes', applications.sessionHint)}
              {minutes('factorMinutes', applications.factorHint)}
            </SimpleGrid>
          </Stack>
        </Fieldset>
        <SaveProblem error={save.error && rest ? save.error : undefined} onReload={onReload} />
        {mayChange ? (
          <Group>
            <MainButton type="submit" loading={save.isPending} disabled={saved !== undefined && !isDirty}>
              {common.save}
            </MainButton>
            <Button variant="default" component={Link} to="/applications">
              {common.cancel}
            </Button>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {common.readOnly}
          </Text>
        )}
      </Stack>
    </form>
  )
}
