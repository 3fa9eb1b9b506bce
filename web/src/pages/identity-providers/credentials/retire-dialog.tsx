import { Alert, Stack, Text } from '@mantine/core'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { useLanguage, useTexts } from '../../../texts/use-texts.tsx'

interface RetireDialogProps {
  readonly name: string
  readonly lastUsedAt: string | null
  /** The consequence, also when it is the last valid one. */
  readonly texts: { readonly retireText: (lastUsed: string) => string; readonly retireLast: string }
  readonly isLast: boolean
  readonly onRetire: () => Promise<void>
  readonly onClose: () => void
}

/** Confirms that a credential is retired for good. */
export function RetireDialog(props: RetireDialogProps) {
  const { name, lastUsedAt, texts, isLast, onRetire, onClose } = props
  const { identityProviders: t, common } = useTexts()
  const { locale } = useLanguage()
  const lastUsed = lastUsedAt ? new Date(lastUsedAt).toLocaleString(locale) : common.never
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t.retireTitle(name)}
      action={t.retire}
      onConfirm={onRetire}
    >
      <Stack gap="sm">
        <Text>{texts.retireText(lastUsed)}</Text>
        {isLast && (
          <Alert color="red" variant="light">
            {texts.retireLast}
          </Alert>
        )}
      </Stack>
    </ConfirmDialog>
  )
}
