import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Administrator, IssuedInvitation } from '../../../../src/http/portal/administrators/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'
import type { IssuedLink } from './link-dialog.tsx'
import { INVITATIONS_KEY, ROLES } from './queries.ts'

interface InviteDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly onHanded: (handed: IssuedLink) => void
}

export function InviteDialog({ opened, onClose, onHanded }: InviteDialogProps) {
  const { tenant, common } = useTexts()
  const texts = tenant.invitations
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Administrator['role']>('admin')
  const invite = useMutation({
    mutationFn: () => api.post<IssuedInvitation>('/invitations', { email, role }),
    onSuccess: ({ invitation, link }) => {
      close()
      onHanded({ email: invitation.email, link })
      void queries.invalidateQueries({ queryKey: INVITATIONS_KEY })
    },
  })
  const close = () => {
    setEmail('')
    invite.reset()
    onClose()
  }
  const { byField, rest } = formProblems(invite.error, ['email'])
  return (
    <Modal opened={opened} onClose={close} title={texts.newTitle} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={invite.error && rest ? invite.error : undefined} />
          <TextInput
            label={texts.email}
            type="email"
            autoComplete="off"
            required
            data-autofocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={byField.email}
          />
          <Radio.Group
            label={tenant.administrators.role}
            value={role}
            onChange={(value) => setRole(value as Administrator['role'])}
          >
            <Stack gap="xs" mt="xs">
              {ROLES.map((one) => (
                <Radio key={one} value={one} label={common.role[one]} description={tenant.roles[one]} />
              ))}
            </Stack>
          </Radio.Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common.cancel}
            </Button>
            <MainButton type="submit" loading={invite.isPending}>
              {texts.send}
            </MainButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
