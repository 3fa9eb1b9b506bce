import { Badge, Box, Button, Grid, Group, Menu, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ChevronDown, Plus } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import type { AttributeMapping } from '../../../../src/http/portal/mapping/contract.ts'
import { UnsavedGuard } from '../../components/forms/unsaved-guard.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { isSame, type Rule, rulesOf } from './drafts.ts'
import { PreviewPanel } from './preview-panel.tsx'
import { previewQuery } from './queries.ts'
import { RuleRow } from './rule-row.tsx'
import { SaveBar } from './save-bar.tsx'
import { ADD_ID, useDrafts } from './use-drafts.ts'
import { useSave } from './use-save.ts'

interface MappingEditorProps {
  readonly id: string
  readonly data: AttributeMapping
  readonly onSaved: () => void
  /** Loads the newer version after an edit conflict. */
  readonly onReload: () => void
  /** Scrolled into view after saving: the job that recomputes profiles. */
  readonly children: ReactNode
}

const PAUSE_MILLISECONDS = 350
const route = getRouteApi('/app/identity-providers/$id/mapping')

/** The rules on one side, and a preview with real users on the other. */
export function MappingEditor({ id, data, onSaved, onReload, children }: MappingEditorProps) {
  const { mapping: t, common, identityProviders } = useTexts()
  const mayChange = useMay('admin')
  const { user } = route.useSearch()
  const { drafts, load, change, move, add, remove } = useDrafts(data.mapping)
  const rules = useMemo(() => rulesOf(drafts), [drafts])
  const [settled] = useDebouncedValue(drafts, PAUSE_MILLISECONDS)
  const preview = useQuery(previewQuery(id, settled, user))
  const generic = data.presets.find(({ name }) => name === 'generic')?.mapping ?? []
  const { save, savedRules, isTried, ...saving } = useSave(id, data, generic, onSaved)
  const isDirty = !isSame(rules, savedRules)
  const problems = preview.data?.problems ?? []
  function problemAt(key: string, field: string, isEmpty: boolean) {
    if (isEmpty && !isTried) return undefined
    const at = preview.data?.keys.indexOf(key) ?? -1
    return problems.find((problem) => problem.field === `mapping.${at}.${field}`)?.message
  }
  const whole = problems.find(({ field }) => field === 'mapping')?.message
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isDirty && !saving.isPending) save(rules)
      }}
    >
      <UnsavedGuard isDirty={isDirty} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Group justify="space-between" mb="sm">
            <Badge variant="default" size="lg" radius="sm" tt="none">
              {isSame(rules, generic) ? identityProviders.mappingDefault : identityProviders.mappingOwn}
            </Badge>
            {mayChange && <Presets presets={data.presets} onLoad={load} />}
          </Group>
          <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t.rules}>
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
                onMove={(by) => move(i, i + by)}
                onRemove={() => remove(i)}
              />
            ))}
          </Stack>
          {whole && (
            <Text role="alert" c="var(--mantine-color-error)" size="sm" mt="xs">
              {t.problem(whole)}
            </Text>
          )}
          {mayChange ? (
            <>
              <Button
                id={ADD_ID}
                mt="sm"
                variant="default"
                leftSection={<Plus size={16} aria-hidden />}
                onClick={add}
              >
                {identityProviders.mappingAdd}
              </Button>
              <Box mt="lg">{children}</Box>
              <SaveBar {...saving} isDirty={isDirty} onDiscard={() => load(savedRules)} onReload={onReload} />
            </>
          ) : (
            <>
              <Text c="dimmed" size="sm" my="md">
                {common.readOnly}
              </Text>
              {children}
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

interface PresetsProps {
  readonly presets: AttributeMapping['presets']
  readonly onLoad: (rules: readonly Rule[]) => void
}

function Presets({ presets, onLoad }: PresetsProps) {
  const { mapping: t } = useTexts()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<ChevronDown size={16} aria-hidden />}>
          {t.presets}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {presets.map(({ name, mapping }) => (
          <Menu.Item key={name} onClick={() => onLoad(mapping)}>
            {t.preset[name as keyof typeof t.preset] ?? name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
