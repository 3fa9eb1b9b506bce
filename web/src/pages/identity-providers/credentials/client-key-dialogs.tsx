import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useState } from 'react'
import type { ClientKeys } from '../../../../../src/http/portal/identity-providers/credential-contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { clientKeysQuery } from '../queries.ts'
import { ExpiryField, endOf } from './expiry-field.tsx'

interface DialogProps {
  readonly idpId: string
  readonly onClose: () => void
}

const CHARACTERS = 65_536
/** Detects a private key in PEM or JWK form. It is refused in the browser, so that it is never sent. */
const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|"(d|k)"\s*:/

export function AddKeysDialog({ idpId, onClose }: DialogProps) {
  const { clientKeys: t } = useTexts().identityProviders
  const [text, setText] = useState('')
  const [day, setDay] = useState('')
  const queries = useQueryClient()
  const add = async () => {
    if (PRIVATE.test(text)) throw new Error(t.isPrivate)
    const body = { jwks: text, expiresAt: endOf(day) }
    const { items } = await api.post<ClientKeys>(`/identity-providers/${idpId}/client-keys`, body)
    notifications.show({ message: t.added(items.length) })
    await queries.invalidateQueries({ queryKey: clientKeysQuery(idpId).queryKey })
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t.addTitle}
      action={t.add}
      isDestructive={false}
      onConfirm={add}
    >
      <Stack gap="sm">
        <Text size="sm">{t.addText}</Text>
        <Textarea
          label={t.keys}
          description={t.keysHelp}
          placeholder={'{"kty":"EC","crv":"P-256","kid":"2027",…}\n-----BEGIN PUBLIC KEY-----'}
          autosize
          minRows={5}
          maxRows={12}
          maxLength={CHARACTERS}
          spellCheck={false}
          data-autofocus
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <FileButton onChange={(file) => void file?.slice(0, CHARACTERS).text().then(setText)}>
            {(props) => (
              <Button variant="default" size="xs" leftSection={<Upload size={16} aria-hidden />} {...props}>
                {t.file}
              </Button>
            )}
          </FileButton>
        </Group>
        <ExpiryField day={day} onChange={setDay} />
      </Stack>
    </ConfirmDialog>
  )
}
