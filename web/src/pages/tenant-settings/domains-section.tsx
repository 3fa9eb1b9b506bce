import { Group, Skeleton, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AtSign, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Domain } from '../../../../src/http/portal/tenant/domain-contract.ts'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { Section } from '../account/section.tsx'
import { DomainCard } from './domain-card.tsx'
import { NewDomainDialog } from './new-domain-dialog.tsx'
import { DOMAINS_KEY, domainsQuery } from './queries.ts'

/** The tenant's email domains and the identity provider of each. */
export function DomainsSection() {
  const { tenantSettings } = useTexts()
  const texts = tenantSettings.domains
  const mayChange = useMay('admin')
  const queries = useQueryClient()
  const { data, error } = useQuery(domainsQuery)
  const [isAdding, setAdding] = useState(false)
  const [doomed, setDoomed] = useState<Domain>()
  const remove = async ({ id, domain }: Domain) => {
    await api.delete(`/domains/${id}`)
    notifications.show({ message: texts.removed(domain) })
    await queries.invalidateQueries({ queryKey: DOMAINS_KEY })
  }
  const add = mayChange && (
    <MainButton leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {texts.add}
    </MainButton>
  )
  return (
    <Section title={texts.title} about={texts.about}>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton h={120} />}
      {data?.items.length === 0 && (
        <EmptyState icon={AtSign} title={texts.emptyTitle} text={texts.emptyText} action={add} />
      )}
      {data && data.items.length > 0 && (
        <Stack>
          {data.items.map((domain) => (
            <DomainCard key={domain.id} domain={domain} onRemove={mayChange ? setDoomed : undefined} />
          ))}
          <Group justify="flex-end">{add}</Group>
        </Stack>
      )}
      <NewDomainDialog opened={isAdding} onClose={() => setAdding(false)} />
      <ConfirmDialog
        opened={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={texts.removeTitle(doomed?.domain ?? '')}
        action={texts.remove}
        onConfirm={async () => doomed && remove(doomed)}
      >
        {texts.removeText(doomed?.state === 'verified' ? doomed.idpName : null)}
      </ConfirmDialog>
    </Section>
  )
}
