import { Group, Modal, Stack, Text } from '@mantine/core'
import type { HandedLink } from '../../../../src/http/portal/administrators/contract.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

/** A one-time link for an administrator. */
export interface IssuedLink {
  readonly email: string
  readonly link: HandedLink
}

interface LinkDialogProps {
  readonly handed: IssuedLink | undefined
  readonly onClose: () => void
}

/** Says that the link was emailed, or shows it once. */
export function LinkDialog({ handed, onClose }: LinkDialogProps) {
  const { tenant } = useTexts()
  const texts = tenant.link
  const url = handed?.link.url
  return (
    <Modal
      opened={handed !== undefined}
      onClose={onClose}
      title={url ? texts.title : handed && texts.mailed(handed.email)}
      size="lg"
      centered
      closeOnClickOutside={!url}
    >
      <Stack>
        {url && <Text size="sm">{texts.text}</Text>}
        {url && <CopyField label={texts.label} value={url} />}
        <Group justify="flex-end">
          <MainButton onClick={onClose}>{texts.done}</MainButton>
        </Group>
      </Stack>
    </Modal>
  )
}
