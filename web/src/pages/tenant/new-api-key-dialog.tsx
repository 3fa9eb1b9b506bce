import { Alert, Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { IssuedApiKey, NewApiKey } from '../../../../src/http/portal/api-keys/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { API_KEYS_KEY } from './queries.ts'

interface NewApiKeyDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** Asks for name, role and expiry, then shows the new key once. */
export function NewApiKeyDialog({ opened, onClose }: NewApiKeyDialogProps) {
  const { tenant } = useTexts()
  const [issued, setIssued] = useState<IssuedApiKey>()
  const close = () => {
    setIssued(undefined)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={issued ? tenant.apiKeys.keyTitle : tenant.apiKeys.create}
      size="lg"
      centered
      closeOnClickOutside={!issued}
      closeOnEscape={!issued}
      withCloseButton={!issued}
    >
      {issued ? (
        <Issued issued={issued} onDone={close} />
      ) : (
        <NewKeyForm onIssued={setIssued} onCancel={close} />
      )}
    </Modal>
  )
}

const DAYS = ['30', '90', '365', 'never'] as const
/** Read-only first: most programs only read. */
const KEY_ROLES = ['auditor', 'admin'] as const

function NewKeyForm({
  onIssued,
  onCancel,
}: {
  readonly onIssued: (issued: IssuedApiKey) => void
  readonly onCancel: () => void
}) {
  const { tenant, common } = useTexts()
  const texts = tenant.apiKeys
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<NewApiKey['role']>('auditor')
  const [days, setDays] = useState<string>('90')
  const create = useMutation({
    mutationFn: () =>
      api.post<IssuedApiKey>('/api-keys', {
        name,
        role,
        expiresInDays: days === 'never' ? 'never' : Number(days),
      }),
    onSuccess: (issued) => {
      onIssued(issued)
      void queries.invalidateQueries({ queryKey: API_KEYS_KEY })
    },
  })
  const { byField, rest } = formProblems(create.error, ['name'])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Stack>
        <ProblemAlert error={create.error && rest ? create.error : undefined} />
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          required
          data-autofocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={byField.name}
        />
        <Radio.Group
          label={texts.role}
          value={role}
          onChange={(value) => setRole(value as NewApiKey['role'])}
        >
          <Stack gap="xs" mt="xs">
            {KEY_ROLES.map((one) => (
              <Radio key={one} value={one} label={common.role[one]} description={tenant.roles[one]} />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label={texts.expiry}
          description={days === 'never' ? texts.neverWarning : undefined}
          inputWrapperOrder={['label', 'input', 'description']}
          allowDeselect={false}
          data={DAYS.map((value) => ({
            value,
            label: value === 'never' ? texts.never : texts.days(Number(value)),
          }))}
          value={days}
          onChange={(value) => setDays(value ?? '90')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {common.cancel}
          </Button>
          <MainButton type="submit" loading={create.isPending}>
            {texts.submit}
          </MainButton>
        </Group>
      </Stack>
    </form>
  )
}

function Issued({ issued, onDone }: { readonly issued: IssuedApiKey; readonly onDone: () => void }) {
  const { tenant } = useTexts()
  const texts = tenant.apiKeys
  const example = `curl -H "Authorization: Bearer ${issued.key}" ${location.origin}/api/v1/administrators`
  return (
    <Stack>
      <Alert color="orange" variant="light">
        <Text size="sm">{texts.keyText}</Text>
      </Alert>
      <CopyField label={texts.key} value={issued.key} />
      <CopyField label={texts.example} value={example} />
      <Group justify="flex-end">
        <MainButton onClick={onDone}>{texts.done}</MainButton>
      </Group>
    </Stack>
  )
}
