import { Button, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Application } from '../../../../src/http/portal/applications/contract.ts'
import { api, isNotFound } from '../../api/client.ts'
import { useEditing } from '../../api/use-editing.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useMay } from '../../session/use-me.ts'
import { NotFoundPage } from '../../shell/not-found-page.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { ApplicationForm } from './application-form.tsx'
import { ProxySnippets } from './proxy-snippets.tsx'

/** Application page, also for a new one. */
export function ApplicationPage() {
  const { applications } = useTexts()
  const { id = '' } = useParams({ strict: false })
  const isNew = id === 'new'
  const { data, error, generation, reload } = useEditing({
    queryKey: ['applications', id],
    queryFn: ({ signal }) => api.get<Application>(`/applications/${id}`, {}, signal),
    enabled: !isNew,
  })
  if (isNotFound(error)) return <NotFoundPage />
  if (isNew)
    return (
      <>
        <PageHeader title={applications.create} about={applications.about} />
        <ApplicationForm application={undefined} />
      </>
    )
  return (
    <>
      <PageHeader title={data?.name ?? '…'} about={data?.origin} actions={data && <Remove of={data} />} />
      <ProblemAlert error={error} onRetry={reload} />
      {data ? (
        <>
          <ApplicationForm key={generation} application={data} onReload={reload} />
          <ProxySnippets application={data} />
        </>
      ) : (
        !error && <Skeleton h={400} maw={720} />
      )}
    </>
  )
}

function Remove({ of: { id, name } }: { readonly of: Application }) {
  const { applications } = useTexts()
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  const queries = useQueryClient()
  if (!useMay('admin')) return null
  const remove = async () => {
    await api.delete(`/applications/${id}`)
    notifications.show({ message: applications.deleted(name) })
    await navigate({ to: '/applications' })
    await queries.invalidateQueries({ queryKey: ['applications'], exact: true })
  }
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {applications.delete}
      </Button>
      <ConfirmDialog
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={applications.deleteTitle(name)}
        action={applications.delete}
        nameToType={name}
        onConfirm={remove}
      >
        {applications.deleteText}
      </ConfirmDialog>
    </>
  )
}
