import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Mail, RotateCcw, Smartphone, UserCheck } from 'lucide-react'
import { useState } from 'react'
import type { User } from '../../../../../src/http/portal/users/contract.ts'
import type { UserEnrolment, UserFactors } from '../../../../../src/http/portal/users/enrolment-contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { Time } from '../../../components/time.tsx'
import { FactorRow } from '../../../factors/factor-row.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { enrolmentQuery, factorsQuery, useRefreshUsers } from '../queries.ts'
import { ActivateButton } from './activate-button.tsx'
import { Section } from './section.tsx'

/** What the confirmation dialog is about to remove. */
interface Removal {
  /** Path below the user's. */
  readonly path: string
  readonly title: string
  readonly text: string
  readonly action: string
}

/** The user's second factors, remembered browsers and enrollment, with the actions that remove them. */
export function EnrolmentSection({ user }: { readonly user: User }) {
  const { enrolment: texts } = useTexts().users
  const mayChange = useMay('admin') && user.status !== 'deleted'
  const enrolment = useQuery(enrolmentQuery(user.id))
  const factors = useQuery(factorsQuery(user.id))
  const [removal, setRemoval] = useState<Removal>()
  return (
    <Section title={texts.title} about={texts.about}>
      <ProblemAlert error={enrolment.error ?? factors.error} />
      <Stack gap="xs">
        {enrolment.data && <State user={user} enrolment={enrolment.data} mayChange={mayChange} />}
        {factors.data ? (
          <FactorList factors={factors.data} onRemove={mayChange ? setRemoval : undefined} />
        ) : (
          !factors.error && <Skeleton height={58} />
        )}
        {mayChange && (enrolment.data?.enrolledAt || hasAny(factors.data)) && <Reset user={user} />}
      </Stack>
      {removal && <RemoveDialog user={user} removal={removal} onClose={() => setRemoval(undefined)} />}
    </Section>
  )
}

function hasAny(factors: UserFactors | undefined): boolean {
  return !!factors && (factors.totp !== null || factors.passkeys.length + factors.addresses.length > 0)
}

interface StateProps {
  readonly user: User
  readonly enrolment: UserEnrolment
  readonly mayChange: boolean
}

function State({ user, enrolment: { enrolledAt, activatedAt, waiting }, mayChange }: StateProps) {
  const { enrolment: texts } = useTexts().users
  if (waiting)
    return (
      <Alert
        color="orange"
        variant="light"
        icon={<UserCheck size={18} />}
        title={texts.waitingTitle}
        // Orange text on Mantine's light orange background is below 4.5:1.
        styles={{ label: { color: 'var(--mantine-color-text)' } }}
      >
        <Group justify="space-between">
          <span>
            {`${texts.enrolled} `}
            <Time at={enrolledAt} relative />
            {`. ${texts.waitingText}`}
          </span>
          {mayChange && <ActivateButton user={user} />}
        </Group>
      </Alert>
    )
  if (!enrolledAt) return <Text size="sm">{texts.notEnrolled}</Text>
  return (
    <Text size="sm" component="div">
      {`${texts.enrolled} `}
      <Time at={enrolledAt} />
      {activatedAt && (
        <>
          {` · ${texts.activated} `}
          <Time at={activatedAt} />
        </>
      )}
    </Text>
  )
}

interface FactorListProps {
  readonly factors: UserFactors
  readonly onRemove: ((removal: Removal) => void) | undefined
}

const ICONS = { totp: Smartphone, email: Mail, phone: Smartphone, passkey: KeyRound }

function FactorList({ factors, onRemove }: FactorListProps) {
  const { users, account } = useTexts()
  const texts = users.enrolment
  const { totp, passkeys, addresses, recoveryCodes, devices } = factors
  const rows = [
    ...(totp ? [{ kind: 'totp' as const, id: 'totp', name: account.factors.app, times: totp }] : []),
    ...passkeys.map((passkey) => ({
      kind: 'passkey' as const,
      id: passkey.id,
      name: passkey.name,
      note: passkey.rpId,
      times: passkey,
    })),
    ...addresses.map(({ method, createdAt }) => ({
      kind: method,
      id: method,
      name: texts.codes[method],
      times: { createdAt },
    })),
  ]
  const removalOf = ({ id, name }: { id: string; name: string }): Removal => ({
    path: `factors/${id}`,
    title: texts.removeTitle(name),
    text: rows.length > 1 ? texts.removeText : `${texts.removeLast} ${texts.removeText}`,
    action: account.factors.remove,
  })
  return (
    <>
      {rows.length === 0 && <Text size="sm">{texts.noFactor}</Text>}
      {rows.map((row) => {
        const Icon = ICONS[row.kind]
        return (
          <FactorRow
            key={row.id}
            {...row}
            icon={<Icon size={20} aria-hidden />}
            onRemove={onRemove && (() => onRemove(removalOf(row)))}
          />
        )
      })}
      {rows.length > 0 && <Text size="sm">{texts.recoveryCodes(recoveryCodes)}</Text>}
      {devices > 0 && (
        <Group justify="space-between">
          <Text size="sm">{texts.devices(devices)}</Text>
          {onRemove && (
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                onRemove({
                  path: 'devices',
                  title: texts.forgetTitle(devices),
                  text: texts.forgetText,
                  action: texts.forget,
                })
              }
            >
              {texts.forget}
            </Button>
          )}
        </Group>
      )}
    </>
  )
}

interface RemoveDialogProps {
  readonly user: User
  readonly removal: Removal
  readonly onClose: () => void
}

function RemoveDialog({ user, removal: { path, title, text, action }, onClose }: RemoveDialogProps) {
  const { common } = useTexts()
  const refresh = useRefreshUsers()
  const remove = async () => {
    await api.delete(`/users/${user.id}/${path}`)
    notifications.show({ message: common.saved })
    refresh()
  }
  return (
    <ConfirmDialog opened onClose={onClose} title={title} action={action} onConfirm={remove}>
      {text}
    </ConfirmDialog>
  )
}

function Reset({ user }: { readonly user: User }) {
  const { enrolment: texts } = useTexts().users
  const [isAsked, setAsked] = useState(false)
  const refresh = useRefreshUsers()
  const reset = async () => {
    await api.post(`/users/${user.id}/reset-enrolment`)
    notifications.show({ message: texts.resetDone(user.userName) })
    refresh()
  }
  return (
    <Group justify="flex-end">
      <Button
        size="xs"
        variant="default"
        leftSection={<RotateCcw size={16} aria-hidden />}
        onClick={() => setAsked(true)}
      >
        {texts.reset} …
      </Button>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={texts.resetTitle(user.userName)}
        action={texts.reset}
        onConfirm={reset}
      >
        {texts.resetText}
      </ConfirmDialog>
    </Group>
  )
}
