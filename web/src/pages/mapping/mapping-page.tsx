import { Button, Skeleton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { JOBS_KEY, RunningJobs } from '../jobs/running-jobs.tsx'
import { MappingEditor } from './mapping-editor.tsx'
import { mappingQuery } from './queries.ts'

const route = getRouteApi('/app/identity-providers/$id/mapping')

export function MappingPage() {
  const { mapping: t } = useTexts()
  const { id } = route.useParams()
  const queries = useQueryClient()
  // What is being edited must not change below the person's hands.
  const { data, error, refetch } = useQuery({
    ...mappingQuery(id),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  })
  const renewPreview = () => void queries.invalidateQueries({ queryKey: ['mapping-preview', id] })
  return (
    <>
      <PageHeader
        title={data ? t.titleOf(data.name) : t.title}
        about={t.about}
        actions={
          <Button
            component={Link}
            to="/identity-providers"
            variant="default"
            leftSection={<ArrowLeft size={16} aria-hidden />}
          >
            {t.back}
          </Button>
        }
      />
      <RunningJobs kind="recompute-profiles" onProgress={renewPreview} />
      {data ? (
        <MappingEditor
          key={data.version}
          id={id}
          data={data}
          onSaved={() => {
            void queries.invalidateQueries({ queryKey: JOBS_KEY })
            void queries.invalidateQueries({ queryKey: ['identity-providers'] })
          }}
          onReload={() => void refetch()}
        />
      ) : error ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={640} />
      )}
    </>
  )
}
