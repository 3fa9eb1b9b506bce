import { Group, Image, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import type { TotpEnrolment } from '../../../src/http/portal/account/contract.ts'
import { CopyField } from '../components/forms/copy-field.tsx'
import { useTexts } from '../texts/use-texts.tsx'

interface TotpFieldsProps {
  /** Undefined while it is being created. */
  readonly enrolment: TotpEnrolment | undefined
  readonly code: string
  readonly onCode: (code: string) => void
  readonly problem: string | undefined
}

const QR_PIXELS = 180

/** Shows the secret as a QR code and as text, and asks for the first code to confirm the setup. */
export function TotpFields({ enrolment, code, onCode, problem }: TotpFieldsProps) {
  const { account } = useTexts()
  const { factors } = account
  return (
    <Stack gap="sm">
      <Text size="sm">{factors.scan}</Text>
      <Group align="flex-start" gap="md">
        {enrolment ? (
          <Image
            src={enrolment.qrCode}
            alt={factors.qrCode}
            w={QR_PIXELS}
            h={QR_PIXELS}
            radius="sm"
            bg="white"
          />
        ) : (
          <Skeleton w={QR_PIXELS} h={QR_PIXELS} />
        )}
        <Stack flex={1} miw={200} gap="sm">
          <CopyField label={factors.key} value={grouped(enrolment?.secret ?? '')} />
          <TextInput
            label={factors.firstCode}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            required
            value={code}
            onChange={(event) => onCode(event.currentTarget.value)}
            error={problem}
          />
        </Stack>
      </Group>
    </Stack>
  )
}

/** Groups of four characters are easier to type. */
function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ')
}
