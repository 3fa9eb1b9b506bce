import { Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ProvidedIdentityProvider } from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { useEditing } from '../../../api/use-editing.ts'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { type IdentityProvider, issuedKey, PROVIDERS_KEY, providerQuery } from '../queries.ts'
import { useEndLinksDialog } from './end-links-dialog.tsx'
import { changeBody, emptyValues, newBody, valuesOf } from './form-values.ts'
import { ProviderForm } from './provider-form.tsx'

export function NewPage() {
  const { identityProviders: t } = useTexts()
  const leave = useLeave()
  return (
    <>
      <PageHeader title={t.newTitle} />
      <ProviderForm
        initial={emptyValues()}
        onCancel={() => leave.toList()}
        onSave={async (values) => {
          const made = await api.post<ProvidedIdentityProvider>('/identity-providers', newBody(values))
          return made.scim ? () => leave.toCredentials(made.id, made.scim) : () => leave.toGuide(made.id)
        }}
      />
    </>
  )
}

const route = getRouteApi('/app/identity-providers/$id/edit')

export function EditPage() {
  const { identityProviders: t, common } = useTexts()
  const { id } = route.useParams()
  const leave = useLeave()
  const { data: provider, error, generation, reload } = useEditing(providerQuery(id))
  const { save, dialog } = useEndLinksDialog(id)
  if (!provider)
    return (
      <>
        <PageHeader title={common.edit} />
        {error ? <ProblemAlert error={error} onRetry={reload} /> : <Skeleton height={480} maw={860} />}
      </>
    )
  return (
    <>
      <PageHeader title={t.editTitle(provider.name)} />
      <ProviderForm
        key={generation}
        initial={valuesOf(provider)}
        provider={provider}
        onCancel={() => leave.toList(id)}
        onReload={reload}
        onSave={async (values) => {
          const headers = { 'if-match': `"${provider.version}"` }
          const path = `/identity-providers/${id}`
          const saved = await save((dropLinks) =>
            api.patch<IdentityProvider>(path, { ...changeBody(values), dropLinks }, headers),
          )
          notifications.show({ message: common.saved })
          const { scim } = saved
          return scim?.token ? () => leave.toCredentials(id, scim) : () => leave.toList(id)
        }}
      />
      {dialog}
    </>
  )
}

function useLeave() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const refresh = () => void queries.invalidateQueries({ queryKey: PROVIDERS_KEY })
  return {
    toList(open?: string) {
      refresh()
      void navigate({ to: '/identity-providers', search: { open } })
    },
    toGuide(id: string) {
      refresh()
      void navigate({ to: '/identity-providers/$id/guide', params: { id }, search: { for: undefined } })
    },
    toCredentials(id: string, issued: unknown) {
      refresh()
      queries.setQueryData(issuedKey(id), issued)
      void navigate({ to: '/identity-providers/$id/credentials', params: { id } })
    },
  }
}
