import { Alert, Badge, Button, Grid, Group, Menu, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ChevronDown, Plus, Undo2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { AttributeMapping, SavedMapping } from '../../../../src/http/portal/contract/mapping.ts'
import { ApiError, api } from '../../api/client.ts'
import { MainButton } from '../../components/main-button.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { UnsavedGuard } from '../../components/unsaved-guard.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { type Draft, draftOf, isSame, moved, newDraft, rulesOf } from './drafts.ts'
import { PreviewPanel } from './preview-panel.tsx'
import { previewQuery } from './queries.ts'
import { RuleRow, rowId } from './rule-row.tsx'

interface MappingEditorProps {
  readonly id: string
  readonly data: AttributeMapping
  readonly onSaved: () => void
  /** Somebody else changed it: load it again. */
  readonly onReload: () => void
}

const PAUSE_MILLISECONDS = 350
const route = getRouteApi('/app/identity-providers/$id/mapping')

/** The rules on one side, and what they make of real users on the other. */
export function MappingEditor({ id, data, onSaved, onReload }: MappingEditorProps) {
  const { mapping: t, common, identityProviders } = useTexts()
  const mayChange = useMay('admin')
  const { user } = route.useSearch()
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => data.mapping.map(draftOf))
  const [isTried, setTried] = useState(false)
  const rules = useMemo(() => rulesOf(drafts), [drafts])
  const [settled] = useDebouncedValue(drafts, PAUSE_MILLISECONDS)
  const preview = useQuery(previewQuery(id, settled, user))
  const generic = data.presets.find(({ name }) => name === 'generic')?.mapping ?? []
  const save = useMutation({
    mutationFn: () =>
      api.put<SavedMapping>(
        `/identity-providers/${id}/mapping`,
        { mapping: isSame(rules, generic) ? null : rules },
        { 'if-match': `"${data.version}"` },
      ),
    onSuccess: () => {
      notifications.show({ message: common.saved })
      onSaved()
    },
    onError: focusFirstError,
    onSettled: () => setTried(true),
  })
  const isDirty = !isSame(rules, data.mapping)
  const problems = preview.data?.problems ?? []
  function problemAt(key: string, field: string, isEmpty: boolean) {
    if (isEmpty && !isTried) return undefined
    const at = preview.data?.keys.indexOf(key) ?? -1
    return problems.find((problem) => problem.field === `mapping.${at}.${field}`)?.message
  }
  const whole = problems.find(({ field }) => field === 'mapping')?.message

  const change = (at: number, draft: Draft) => setDrafts(drafts.map((one, i) => (i === at ? draft : one)))
  function move(at: number, to: number, key: string) {
    if (to < 0 || to >= drafts.length) return
    setDrafts(moved(drafts, at, to))
    const atEnd = to === 0 ? 'down' : to === drafts.length - 1 ? 'up' : undefined
    focusSoon(rowId(key, atEnd ?? (to < at ? 'up' : 'down')))
  }
  function add() {
    const draft = newDraft()
    setDrafts([...drafts, draft])
    focusSoon(rowId(draft.key, 'attribute'))
  }
  function remove(at: number) {
    const next = drafts[at + 1] ?? drafts[at - 1]
    setDrafts(drafts.filter((_, i) => i !== at))
    focusSoon(next ? rowId(next.key, 'remove') : 'mapping-add')
  }
  const isStale = save.error instanceof ApiError && save.error.code === 'stale'
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!save.isPending) save.mutate()
      }}
    >
      <UnsavedGuard isDirty={isDirty && !save.isSuccess} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Group justify="space-between" mb="sm">
            <Badge variant="default" size="lg" radius="sm" tt="none">
              {isSame(rules, generic) ? identityProviders.mappingDefault : identityProviders.mappingOwn}
            </Badge>
            {mayChange && (
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button variant="default" rightSection={<ChevronDown size={16} aria-hidden />}>
                    {t.presets}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {data.presets.map(({ name, mapping }) => (
                    <Menu.Item key={name} onClick={() => setDrafts(mapping.map(draftOf))}>
                      {t.preset[name as keyof typeof t.preset] ?? name}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            )}
          </Group>
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t.rules}>
            {drafts.map((draft, i) => (
              <RuleRow
                key={draft.key}
                draft={draft}
                index={i}
                count={drafts.length}
                data={data}
                isReadOnly={!mayChange}
                problemAt={(field, isEmpty) => problemAt(draft.key, field, isEmpty)}
                onChange={(next) => change(i, next)}
                onMove={(by) => move(i, i + by, draft.key)}
                onRemove={() => remove(i)}
              />
            ))}
          </Stack>
          {whole && (
            <Text role="alert" c="var(--mantine-color-error)" size="sm" mt="xs">
              {t.problem(whole)}
            </Text>
          )}
          {!mayChange && (
            <Text c="dimmed" size="sm" mt="md">
              {common.readOnly}
            </Text>
          )}
          {mayChange && (
            <>
              <Button
                id="mapping-add"
                mt="sm"
                variant="default"
                leftSection={<Plus size={16} aria-hidden />}
                onClick={add}
              >
                {identityProviders.mappingAdd}
              </Button>
              <Stack mt="lg" gap="sm">
                {isStale ? (
                  <Alert role="alert" color="red" variant="light" title={identityProviders.staleTitle}>
                    <Group justify="space-between">
                      <span>{save.error?.message}</span>
                      <Button size="xs" variant="default" onClick={onReload}>
                        {identityProviders.reload}
                      </Button>
                    </Group>
                  </Alert>
                ) : (
                  <ProblemAlert error={save.error} />
                )}
                <Text size="sm" c="dimmed">
                  {t.consequence}
                </Text>
                <Group>
                  <MainButton type="submit" loading={save.isPending} disabled={!isDirty}>
                    {common.save}
                  </MainButton>
                  <Button
                    variant="default"
                    disabled={!isDirty}
                    leftSection={<Undo2 size={16} aria-hidden />}
                    onClick={() => setDrafts(data.mapping.map(draftOf))}
                  >
                    {t.discard}
                  </Button>
                </Group>
              </Stack>
            </>
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <PreviewPanel
            preview={preview.data}
            error={preview.error}
            isBusy={preview.isFetching || settled !== drafts}
          />
        </Grid.Col>
      </Grid>
    </form>
  )
}

/** Once it is there. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()))
}

function focusFirstError(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
