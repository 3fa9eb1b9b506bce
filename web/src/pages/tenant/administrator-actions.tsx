import { ActionIcon, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Ban, CircleCheck, Ellipsis, KeyRound, Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type {
  Administrator,
  FactorsReset,
  HandedLink,
} from '../../../../src/http/portal/administrators/contract.ts'
import { api } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useMe } from '../../session/use-me.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import type { IssuedLink } from './link-dialog.tsx'
import { ADMINISTRATORS_KEY } from './queries.ts'

interface AdministratorActionsProps {
  readonly administrator: Administrator
  readonly onHanded: (handed: IssuedLink) => void
}

type Action = 'disable' | 'reset' | 'remove'

/** An owner's actions on an administrator; destructive ones ask for confirmation. */
export function AdministratorActions({ administrator, onHanded }: AdministratorActionsProps) {
  const { tenant, common } = useTexts()
  const texts = tenant.administrators
  const queries = useQueryClient()
  const isSelf = useMe().administrator.id === administrator.id
  const [asked, setAsked] = useState<Action>()
  const { id, name, email, disabled } = administrator
  const path = `/administrators/${id}`
  const say = (message: string) => {
    notifications.show({ message })
    return queries.invalidateQueries({ queryKey: ADMINISTRATORS_KEY })
  }
  const showError = (error: unknown) =>
    notifications.show({ color: 'red', title: common.failed, message: (error as Error).message })
  const enable = () => api.patch(path, { disabled: false }).then(() => say(texts.changed(name)), showError)
  const handOver = () =>
    api
      .post<HandedLink>(`${path}/password-link`)
      .then((link) => onHanded({ email, link }))
      .catch(showError)
  const deeds = {
    disable: {
      title: texts.disableTitle(name),
      text: texts.disableText,
      action: texts.disable,
      run: () => api.patch(path, { disabled: true }).then(() => say(texts.changed(name))),
    },
    reset: {
      title: texts.resetTitle(name),
      text: texts.resetText,
      action: texts.resetFactors,
      run: () =>
        api
          .post<FactorsReset>(`${path}/reset-factors`)
          .then(({ needsPassword }) =>
            say(
              [texts.resetDone(name), needsPassword && texts.resetNeedsPassword].filter(Boolean).join('. '),
            ),
          ),
    },
    remove: {
      title: texts.removeTitle(name),
      text: texts.removeText,
      action: texts.remove,
      run: () => api.delete(path).then(() => say(texts.removed(name))),
    },
  }
  const action = deeds[asked ?? 'disable']
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" c="inherit" aria-label={texts.actions(name)}>
            <Ellipsis size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {disabled ? (
            <Menu.Item leftSection={<CircleCheck size={14} aria-hidden />} onClick={() => void enable()}>
              {texts.enable}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<Ban size={14} aria-hidden />} onClick={() => setAsked('disable')}>
              {texts.disable}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<Link2 size={14} aria-hidden />}
            disabled={isSelf || disabled}
            onClick={() => void handOver()}
          >
            {texts.passwordLink}
          </Menu.Item>
          <Menu.Item
            leftSection={<KeyRound size={14} aria-hidden />}
            disabled={isSelf}
            onClick={() => setAsked('reset')}
          >
            {texts.resetFactors}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Trash2 size={14} aria-hidden />} onClick={() => setAsked('remove')}>
            {texts.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={action.title}
        action={action.action}
        onConfirm={action.run}
      >
        {action.text}
      </ConfirmDialog>
    </>
  )
}
