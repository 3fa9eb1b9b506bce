import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Domain } from '../../../../src/http/portal/tenant/domain-contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { ProviderSelect } from './provider-select.tsx'
import { DOMAINS_KEY } from './queries.ts'

interface NewDomainDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
}

export function NewDomainDialog({ opened, onClose }: NewDomainDialogProps) {
  const { tenantSettings } = useTexts()
  return (
    <Modal opened={opened} onClose={onClose} title={tenantSettings.domains.add} centered>
      <NewDomainForm onDone={onClose} />
    </Modal>
  )
}

function NewDomainForm({ onDone }: { readonly onDone: () => void }) {
  const { tenantSettings, common } = useTexts()
  const texts = tenantSettings.domains
  const queries = useQueryClient()
  const [domain, setDomain] = useState('')
  const [idpId, setIdpId] = useState<string | null>(null)
  const create = useMutation({
    mutationFn: () => api.post<Domain>('/domains', { domain, idpId }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: DOMAINS_KEY })
      onDone()
    },
  })
  const { byField, rest } = formProblems(create.error, ['domain'])
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
          label={texts.domain}
          description={texts.domainHint}
          placeholder="example.com"
          required
          data-autofocus
          autoComplete="off"
          value={domain}
          onChange={(event) => setDomain(event.currentTarget.value)}
          error={byField.domain}
        />
        <ProviderSelect value={idpId} onChange={setIdpId} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
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
