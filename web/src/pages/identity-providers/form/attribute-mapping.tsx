import { ActionIcon, Badge, Button, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { PlaceLink } from '../../../components/place-link.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { defaultMappingQuery } from '../queries.ts'
import { useProviderForm } from './form-context.ts'

/** The simple form of the mapping: profile attribute and SCIM attribute. */
export function AttributeMapping({ idpId }: { readonly idpId: string | undefined }) {
  const { identityProviders: t } = useTexts()
  return (
    <>
      <Text size="sm">
        {idpId ? (
          <>
            {`${t.mappingMore} `}
            <PlaceLink to={`/identity-providers/${idpId}/mapping`}>{t.mappingEditor}</PlaceLink>
          </>
        ) : (
          t.mappingLater
        )}
      </Text>
      <Rules />
    </>
  )
}

function Rules() {
  const { identityProviders: t, mapping: texts } = useTexts()
  const form = useProviderForm()
  const { data: standard = [] } = useQuery(defaultMappingQuery)
  const { mapping } = form.values
  if (mapping === null)
    return (
      <Stack gap="xs" align="flex-start">
        <Table fz="sm" verticalSpacing={4}>
          <Table.Caption hidden>{t.mappingDefault}</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.mappingAttribute}</Table.Th>
              <Table.Th scope="col">{t.mappingSource}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {standard.map(({ attribute, source }) => (
              <Table.Tr key={attribute}>
                <Table.Td>{attribute}</Table.Td>
                <Table.Td ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                  {source}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Button
          variant="default"
          size="xs"
          onClick={() => form.setFieldValue('mapping', structuredClone(standard))}
        >
          {t.mappingChange}
        </Button>
      </Stack>
    )
  return (
    <Stack gap="xs">
      {mapping.map((rule, i) => (
        <Group
          key={form.key(`mapping.${i}`)}
          gap="xs"
          align="flex-start"
          wrap="nowrap"
          role="group"
          aria-label={t.mappingRule(i + 1)}
        >
          <TextInput
            flex={1}
            miw={0}
            aria-label={t.mappingAttribute}
            placeholder={t.mappingAttribute}
            {...form.getInputProps(`mapping.${i}.attribute`)}
          />
          {rule.constant === undefined ? (
            <TextInput
              flex={2}
              miw={0}
              aria-label={t.mappingSource}
              placeholder={t.mappingSource}
              {...form.getInputProps(`mapping.${i}.source`)}
            />
          ) : (
            <Text flex={2} size="sm" pt={8}>
              “{rule.constant}”
            </Text>
          )}
          {rule.steps && rule.steps.length > 0 && (
            <Badge variant="default" radius="sm" tt="none" mt={8} style={{ flexShrink: 0 }}>
              {texts.options(rule.steps.length, false)}
            </Badge>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t.mappingRemove(rule.attribute)}
            onClick={() => form.removeListItem('mapping', i)}
          >
            <X size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          onClick={() => form.insertListItem('mapping', { attribute: '', source: '' })}
        >
          {t.mappingAdd}
        </Button>
        <Button variant="subtle" size="xs" onClick={() => form.setFieldValue('mapping', null)}>
          {t.mappingReset}
        </Button>
      </Group>
    </Stack>
  )
}
