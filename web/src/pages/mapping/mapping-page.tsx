import { Button, Skeleton } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useEditing } from '../../api/use-editing.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import { PROVIDERS_KEY } from '../identity-providers/queries.ts'
import { JOBS_KEY, RunningJobs } from '../jobs/running-jobs.tsx'
import { MappingEditor } from './mapping-editor.tsx'
import { mappingQuery } from './queries.ts'

const route = getRouteApi('/app/identity-providers/$id/mapping')

export function MappingPage() {
  const { mapping: t } = useTexts()
  const { id } = route.useParams()
  const queries = useQueryClient()
  const { data, error, generation, reload } = useEditing(mappingQuery(id))
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
      {data ? (
        <MappingEditor
          key={generation}
          id={id}
          data={data}
          onSaved={() => {
            void queries.invalidateQueries({ queryKey: JOBS_KEY })
            void queries.invalidateQueries({ queryKey: PROVIDERS_KEY, refetchType: 'none' })
          }}
          onReload={reload}
        >
          <RunningJobs kind="recompute-profiles" objectId={id} onProgress={renewPreview} />
        </MappingEditor>
      ) : error ? (
        <ProblemAlert error={error} onRetry={reload} />
      ) : (
        <Skeleton height={640} />
      )}
    </>
  )
}
