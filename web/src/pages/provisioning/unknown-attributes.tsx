import { Button, Checkbox, Group, Modal, Paper, Select, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  NewCustomAttribute,
  UnknownAttribute,
} from '../../../../src/http/portal/provisioning/contract.ts'
import { api } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'

interface UnknownAttributesProps {
  readonly idpId: string
  readonly attributes: readonly UnknownAttribute[] | undefined
}

/** Attributes that were sent but aren't declared, each with an action to declare it. */
export function UnknownAttributes({ idpId, attributes }: UnknownAttributesProps) {
  const { provisioning } = useTexts()
  const { unknown: texts, objects } = provisioning
  const { locale } = useLanguage()
  const mayDeclare = useMay('admin')
  const [wanted, setWanted] = useState<UnknownAttribute>()
  const columns: readonly Column<UnknownAttribute>[] = [
    {
      key: 'name',
      title: texts.name,
      cell: ({ name }) => (
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere', minWidth: 160 }}>
          {name}
        </Text>
      ),
    },
    { key: 'of', title: texts.of, width: 100, cell: ({ resourceType }) => objects[resourceType] },
    { key: 'count', title: texts.count, width: 100, cell: ({ count }) => count.toLocaleString(locale) },
    {
      key: 'last',
      title: texts.last,
      width: 180,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} relative />,
    },
    {
      key: 'declare',
      title: texts.declare,
      width: 200,
      cell: (row) => <DeclareCell row={row} mayDeclare={mayDeclare} onDeclare={setWanted} />,
    },
  ]
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.title}>
      <Title order={2} size="h4">
        {texts.title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {texts.about}
      </Text>
      <DataTable
        caption={texts.caption}
        columns={columns}
        rows={attributes}
        rowKey={({ resourceType, name }) => `${resourceType} ${name}`}
        empty={<Text size="sm">{texts.none}</Text>}
      />
      {wanted && <DeclareDialog idpId={idpId} attribute={wanted} onClose={() => setWanted(undefined)} />}
    </Paper>
  )
}

interface DeclareCellProps {
  readonly row: UnknownAttribute
  readonly mayDeclare: boolean
  readonly onDeclare: (row: UnknownAttribute) => void
}

function DeclareCell({ row, mayDeclare, onDeclare }: DeclareCellProps) {
  const { provisioning, common } = useTexts()
  const { unknown: texts } = provisioning
  if (!row.declarable)
    return (
      <Text size="xs" c="dimmed">
        {texts.notDeclarable}
      </Text>
    )
  if (!mayDeclare)
    return (
      <Text size="xs" c="dimmed">
        {common.readOnly}
      </Text>
    )
  return (
    <Button
      size="compact-sm"
      variant="default"
      onClick={() => onDeclare(row)}
      aria-label={texts.declareOne(row.name)}
    >
      {texts.declare}
    </Button>
  )
}

type AttributeType = NonNullable<NewCustomAttribute['type']>
const TYPES = ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'reference'] as const

interface DeclareDialogProps {
  readonly idpId: string
  readonly attribute: UnknownAttribute
  readonly onClose: () => void
}

function DeclareDialog({ idpId, attribute, onClose }: DeclareDialogProps) {
  const { common, provisioning } = useTexts()
  const { unknown: texts } = provisioning
  const queries = useQueryClient()
  const [type, setType] = useState<AttributeType>('string')
  const [multiValued, setMultiValued] = useState(false)
  const { name, resourceType } = attribute
  const declare = useMutation({
    mutationFn: () =>
      api.post(`/identity-providers/${idpId}/custom-attributes`, { name, resourceType, type, multiValued }),
    onSuccess: async () => {
      notifications.show({ message: texts.declared(name), color: 'teal.9' })
      await queries.invalidateQueries({ queryKey: ['provisioning', idpId] })
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={texts.dialogTitle}
      centered
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          declare.mutate()
        }}
      >
        <Stack>
          <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Select
            label={texts.type}
            data={TYPES.map((each) => ({ value: each, label: texts.types[each] }))}
            value={type}
            onChange={(value) => setType((value as AttributeType | null) ?? 'string')}
            allowDeselect={false}
          />
          <Checkbox
            label={texts.multiValued}
            checked={multiValued}
            onChange={(event) => setMultiValued(event.currentTarget.checked)}
          />
          <Text size="sm">{texts.explain}</Text>
          <ProblemAlert error={declare.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <MainButton type="submit" loading={declare.isPending}>
              {texts.declare}
            </MainButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
