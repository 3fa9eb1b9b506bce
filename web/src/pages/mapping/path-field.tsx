import { Autocomplete, Stack, Text } from '@mantine/core'
import type { AttributeMapping } from '../../../../src/http/portal/mapping/contract.ts'
import { useTexts } from '../../texts/use-texts.tsx'

interface PathFieldProps {
  readonly label: string
  readonly paths: AttributeMapping['paths']
  readonly isReadOnly: boolean
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (path: string) => void
}

/** SCIM path field with suggestions from the identity provider's schemas, searchable by path and description. */
export function PathField({ label, paths, isReadOnly, value, error, onChange }: PathFieldProps) {
  const { identityProviders: t } = useTexts()
  const byPath = new Map(paths.map((path) => [path.path, path]))
  return (
    <Autocomplete
      className="mapping-source"
      aria-label={label}
      title={value}
      description={shortPath(value)}
      inputWrapperOrder={['input', 'description', 'error']}
      placeholder={t.mappingSource}
      data={paths.map(({ path }) => path)}
      filter={({ options, search }) => {
        const searched = search.trim().toLowerCase()
        // An unchanged value would match only itself, so all paths are offered.
        if (byPath.has(search.trim())) return options
        return options.filter(
          (option) =>
            'value' in option &&
            `${option.value} ${byPath.get(option.value)?.description}`.toLowerCase().includes(searched),
        )
      }}
      limit={200}
      maxDropdownHeight={280}
      renderOption={({ option }) => (
        <Stack gap={0} miw={0}>
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {option.value}
          </Text>
          <Text size="xs" c="dimmed" lang="en" lineClamp={1}>
            {byPath.get(option.value)?.type} · {byPath.get(option.value)?.description}
          </Text>
        </Stack>
      )}
      styles={{
        input: {
          fontFamily: 'var(--mantine-font-family-monospace)',
          fontSize: 'var(--mantine-font-size-xs)',
          textOverflow: 'ellipsis',
        },
      }}
      comboboxProps={{ width: 'min(34rem, calc(100vw - 3rem))', position: 'bottom-start' }}
      maxLength={500}
      spellCheck={false}
      autoCapitalize="off"
      readOnly={isReadOnly}
      value={value}
      error={error}
      onChange={onChange}
    />
  )
}

/** Shows the end of an extension path, which the field has no room for. */
function shortPath(path: string): string | undefined {
  return path.startsWith('urn:') ? `…:${path.split(':').slice(-2).join(':')}` : undefined
}
