import { Alert, Button, Divider, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { Unlink } from 'lucide-react'
import type { Application, LostGrant } from '../../../../src/http/portal/applications/contract.ts'
import { api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'

interface LostGrantsProps {
  readonly application: Application
  /** Called with the updated application after a lost grant was removed or replaced. */
  readonly onChange: (application: Application) => void
}

/** Grants whose group or user was deleted, with the actions for each. */
export function LostGrants({ application: { id, lostGrants }, onChange }: LostGrantsProps) {
  const { applications } = useTexts()
  const change = useMutation({
    mutationFn: ({ run }: Change) => run(),
    onSuccess: (next, { message }) => {
      onChange(next)
      notifications.show({ message })
    },
  })
  if (lostGrants.length === 0) return null
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<Unlink size={18} aria-hidden />}
      title={applications.lostTitle(lostGrants.length)}
      // Orange text on Mantine's light orange background is below 4.5:1.
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="sm">
        <Text size="sm">{applications.lostText}</Text>
        {lostGrants.map((lost, place) => (
          <Stack key={lost.id} gap="sm">
            {place > 0 && <Divider />}
            <Row applicationId={id} lost={lost} isBusy={change.isPending} onChange={change.mutate} />
          </Stack>
        ))}
        <ProblemAlert error={change.error} />
      </Stack>
    </Alert>
  )
}

interface Change {
  readonly run: () => Promise<Application>
  /** Notification after the action. */
  readonly message: string
}

interface RowProps {
  readonly applicationId: string
  readonly lost: LostGrant
  readonly isBusy: boolean
  readonly onChange: (change: Change) => void
}

function Row({ applicationId, lost, isBusy, onChange }: RowProps) {
  const { applications } = useTexts()
  const mayChange = useMay('admin')
  const { type, id, successor } = lost
  const name = lost.name ?? applications.unknownName
  const label = type === 'Group' ? applications.groupOf(name) : applications.userOf(name)
  const path = `/applications/${applicationId}/lost-grants/${id}`
  const remove = () =>
    onChange({ run: () => api.delete<Application>(path), message: applications.lostRemoved(label) })
  const grant = (to: NonNullable<LostGrant['successor']>) =>
    onChange({
      run: () => api.post<Application>(`${path}/replace`, { id: to.id }),
      message: applications.grantedTo(label),
    })
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {label}
        </Text>
        <Facts of={lost} />
      </div>
      {mayChange && (
        <Group gap="xs">
          {successor && (
            <Button size="compact-sm" disabled={isBusy} onClick={() => grant(successor)}>
              {type === 'Group' ? applications.grantToNewGroup : applications.grantToRestoredUser}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            disabled={isBusy}
            aria-label={applications.removeOf(label)}
            onClick={remove}
          >
            {applications.remove}
          </Button>
        </Group>
      )}
    </Group>
  )
}

function Facts({ of: { externalId, idpName, lostAt } }: { readonly of: LostGrant }) {
  const { applications } = useTexts()
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {idpName ?? applications.deletedProvider}
      {externalId !== null && ` · ${applications.externalId(externalId)}`}
      {lostAt !== null && (
        <>
          {' '}
          · {applications.deletedAt} <Time at={lostAt} />
        </>
      )}
    </Text>
  )
}
