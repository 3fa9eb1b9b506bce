import { Badge, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Job, Jobs } from '../../../../src/http/portal/jobs/contract.ts'
import { api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'

export const JOBS_KEY = ['jobs'] as const
const BUSY_MILLISECONDS = 700
const IDLE_MILLISECONDS = 15_000
/** How long a finished job stays visible, in milliseconds. */
const SHOWN_MILLISECONDS = 60_000

interface RunningJobsProps {
  readonly kind: string
  /** Shows only jobs about this object; its newest job stays visible until it is done. */
  readonly objectId?: string
  /** Called when a job has changed something. */
  readonly onProgress: () => void
}

/** Background jobs that are running or have just finished. */
export function RunningJobs({ kind, objectId, onProgress }: RunningJobsProps) {
  const { jobs: texts } = useTexts()
  const { data } = useQuery({
    queryKey: [...JOBS_KEY, kind, objectId],
    queryFn: ({ signal }) => api.get<Jobs>('/jobs', { limit: 10, kind, objectId }, signal),
    refetchInterval: ({ state }) => (state.data?.items.some(isOpen) ? BUSY_MILLISECONDS : IDLE_MILLISECONDS),
  })
  const shown = (data?.items ?? []).filter(
    (job, place) => isOpen(job) || isFresh(job) || (objectId && place === 0 && isUnfinished(job)),
  )
  const ended = shown.filter((job) => !isOpen(job)).map(({ id }) => id)
  useOnChange(ended.join(), onProgress)
  if (shown.length === 0) return null
  return (
    <Stack gap="xs" mb="md" role="region" aria-label={texts.title}>
      {shown.map((job) => (
        <JobProgress key={job.id} job={job} />
      ))}
    </Stack>
  )
}

function isOpen({ state }: Job): boolean {
  return state === 'queued' || state === 'running'
}

function isUnfinished({ state }: Job): boolean {
  return state === 'failed' || state === 'cancelled'
}

function isFresh({ finishedAt }: Job): boolean {
  return finishedAt !== null && Date.now() - Date.parse(finishedAt) < SHOWN_MILLISECONDS
}

function useOnChange(value: string, onChange: () => void) {
  const known = useRef(value)
  useEffect(() => {
    if (known.current === value) return
    known.current = value
    onChange()
  })
}

const COLORS = { queued: 'gray.7', running: 'navy.7', done: 'teal.9', failed: 'red.9', cancelled: 'gray.7' }

function JobProgress({ job }: { readonly job: Job }) {
  const { jobs: texts } = useTexts()
  const queries = useQueryClient()
  const mayChange = useMay('admin')
  const cancel = useMutation({
    mutationFn: () => api.post<Job>(`/jobs/${job.id}/cancel`),
    onSettled: () => queries.invalidateQueries({ queryKey: JOBS_KEY }),
  })
  const resume = useMutation({
    mutationFn: () => api.post<Job>(`/jobs/${job.id}/resume`),
    onSettled: () => queries.invalidateQueries({ queryKey: JOBS_KEY }),
  })
  const percent = job.total === 0 ? 100 : Math.min(100, (job.done / job.total) * 100)
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" mb={6} mih={30}>
        <Group gap="xs">
          <Text size="sm" fw={600} lang="en" style={{ overflowWrap: 'anywhere' }}>
            {job.title}
          </Text>
          <Badge color={COLORS[job.state]} radius="sm">
            {texts.states[job.state]}
          </Badge>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {texts.by(job.createdBy)}
          </Text>
        </Group>
        <Group gap="sm">
          <Text size="sm" role="status" style={{ fontVariantNumeric: 'tabular-nums' }}>
            {texts.progress(job.done, job.total)}
          </Text>
          {isOpen(job) && mayChange && (
            <Button
              size="xs"
              variant="default"
              loading={cancel.isPending}
              onClick={() => cancel.mutate()}
              aria-label={texts.cancelOne(job.title)}
            >
              {texts.cancel}
            </Button>
          )}
          {isUnfinished(job) && mayChange && (
            <Button
              size="xs"
              loading={resume.isPending}
              onClick={() => resume.mutate()}
              aria-label={texts.resumeOne(job.title)}
            >
              {texts.resume}
            </Button>
          )}
        </Group>
      </Group>
      <Progress value={percent} color={COLORS[job.state]} aria-label={job.title} />
      {job.problem && (
        <Text size="sm" mt={6} lang="en">
          {job.problem}
        </Text>
      )}
      {isUnfinished(job) && job.done < job.total && (
        <Text size="sm" mt={6}>
          {texts.unfinished(job.total - job.done)}
        </Text>
      )}
      <ProblemAlert error={cancel.error ?? resume.error} />
    </Paper>
  )
}
