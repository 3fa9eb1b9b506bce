import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTexts } from '../texts/use-texts.tsx'
import { ProblemAlert } from './forms/problem-alert.tsx'

interface ConfirmDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** What will happen, with numbers, and how to recover from a mistake. */
  readonly children: ReactNode
  /** Label of the confirm button, such as "Delete Okta". */
  readonly action: string
  /** Text that must be typed before confirming; for actions that can't be undone. */
  readonly nameToType?: string
  readonly isDestructive?: boolean
  /** When this rejects, the dialog stays open and shows the reason. */
  readonly onConfirm: () => Promise<unknown>
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, children, action, nameToType, isDestructive = true } = props
  const { common } = useTexts()
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const close = () => {
    setTyped('')
    setError(undefined)
    onClose()
  }
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await props.onConfirm()
      close()
    } catch (reason) {
      setError(reason)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={close} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void confirm()
        }}
      >
        <Stack>
          <div>{children}</div>
          {nameToType && (
            <TextInput
              label={common.typeToConfirm(nameToType)}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <ProblemAlert error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common.cancel}
            </Button>
            <Button
              type="submit"
              {...(isDestructive && { color: 'red.9' })}
              loading={isBusy}
              disabled={nameToType !== undefined && typed.trim() !== nameToType}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
