import { Button, Group, Modal, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { KeyRound, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { RecoveryCodes as Codes, OwnFactors } from '../../../../src/http/portal/account/contract.ts'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { FactorRow } from '../../factors/factor-row.tsx'
import { RecoveryCodes } from '../../factors/recovery-codes.tsx'
import { usePasskeys } from '../../session/use-passkeys.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { AddApp } from './add-app.tsx'
import { AddPasskey } from './add-passkey.tsx'
import { FACTORS_KEY } from './queries.ts'
import { Section } from './section.tsx'

interface FactorsSectionProps {
  readonly factors: OwnFactors | undefined
  readonly error: Error | null
}

/** The factor that the confirmation dialog is about to remove. */
interface Removal {
  readonly path: string
  readonly what: string
}

export function FactorsSection({ factors, error }: FactorsSectionProps) {
  const { account } = useTexts()
  const texts = account.factors
  const queries = useQueryClient()
  const { isSupported } = usePasskeys()
  const [adding, setAdding] = useState<'app' | 'passkey'>()
  const [removal, setRemoval] = useState<Removal>()
  const [codes, setCodes] = useState<readonly string[]>()
  const onAdded = ({ recoveryCodes }: Codes) => {
    setAdding(undefined)
    setCodes(recoveryCodes)
    notifications.show({ message: adding === 'app' ? texts.appAdded : texts.passkeyAdded })
    void queries.invalidateQueries({ queryKey: FACTORS_KEY })
  }
  const remove = async ({ path, what }: Removal) => {
    await api.delete(path)
    notifications.show({ message: texts.removed(what) })
    await queries.invalidateQueries({ queryKey: FACTORS_KEY })
  }
  return (
    <Section title={texts.title} about={texts.about}>
      <ProblemAlert error={error} />
      <Stack gap="xs">
        {factors ? <FactorList factors={factors} onRemove={setRemoval} /> : <Skeleton height={58} />}
        <Group gap="xs" mt="xs">
          <Button
            variant="default"
            leftSection={<Smartphone size={16} aria-hidden />}
            disabled={!factors || factors.totp !== null}
            onClick={() => setAdding('app')}
          >
            {texts.addApp}
          </Button>
          <Button
            variant="default"
            leftSection={<KeyRound size={16} aria-hidden />}
            disabled={!factors || factors.passkeysUnavailable !== null || !isSupported}
            onClick={() => setAdding('passkey')}
          >
            {texts.addPasskey}
          </Button>
        </Group>
        {factors?.passkeysUnavailable && (
          <Text size="xs" c="dimmed">
            {factors.passkeysUnavailable}
          </Text>
        )}
        {factors && (factors.totp || factors.passkeys.length > 0) && (
          <RecoveryCodesRow left={factors.recoveryCodes} onCodes={setCodes} />
        )}
      </Stack>
      <AddApp opened={adding === 'app'} onClose={() => setAdding(undefined)} onAdded={onAdded} />
      <AddPasskey opened={adding === 'passkey'} onClose={() => setAdding(undefined)} onAdded={onAdded} />
      <Modal
        opened={codes !== undefined}
        onClose={() => setCodes(undefined)}
        title={account.codes.keepTitle}
        size="lg"
        centered
        closeOnClickOutside={false}
        closeOnEscape={false}
        withCloseButton={false}
      >
        {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
      </Modal>
      <ConfirmDialog
        opened={removal !== undefined}
        onClose={() => setRemoval(undefined)}
        title={texts.removeTitle(removal?.what ?? '')}
        action={texts.remove}
        onConfirm={async () => removal && remove(removal)}
      >
        {texts.removeText}
      </ConfirmDialog>
    </Section>
  )
}

function FactorList({
  factors: { totp, passkeys },
  onRemove,
}: {
  readonly factors: OwnFactors
  readonly onRemove: (removal: Removal) => void
}) {
  const { account } = useTexts()
  const texts = account.factors
  if (!totp && passkeys.length === 0)
    return (
      <Paper withBorder p="sm" bg="var(--mantine-color-default-hover)">
        <Text size="sm">{texts.none}</Text>
      </Paper>
    )
  return (
    <>
      {totp && (
        <FactorRow
          icon={<Smartphone size={20} aria-hidden />}
          name={texts.app}
          times={totp}
          onRemove={() => onRemove({ path: '/me/totp', what: texts.app })}
        />
      )}
      {passkeys.map((passkey) => (
        <FactorRow
          key={passkey.id}
          icon={<KeyRound size={20} aria-hidden />}
          name={passkey.name}
          note={passkey.usable ? undefined : texts.elsewhere}
          times={passkey}
          onRemove={() => onRemove({ path: `/me/passkeys/${passkey.id}`, what: passkey.name })}
        />
      ))}
    </>
  )
}

function RecoveryCodesRow({
  left,
  onCodes,
}: {
  readonly left: number
  readonly onCodes: (codes: readonly string[]) => void
}) {
  const { account } = useTexts()
  const texts = account.codes
  const queries = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const renew = async () => {
    const { recoveryCodes } = await api.post<Codes>('/me/recovery-codes')
    onCodes(recoveryCodes ?? [])
    await queries.invalidateQueries({ queryKey: FACTORS_KEY })
  }
  return (
    <Group justify="space-between" mt="sm">
      <div>
        <Text fw={600}>
          {texts.title} · {texts.left(left)}
        </Text>
        <Text size="sm" c="dimmed">
          {texts.about}
        </Text>
      </div>
      <Button variant="default" size="xs" onClick={() => setAsked(true)}>
        {texts.renew}
      </Button>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={texts.renewTitle}
        action={texts.renew}
        isDestructive={false}
        onConfirm={renew}
      >
        {texts.renewText}
      </ConfirmDialog>
    </Group>
  )
}
