import { TextInput } from '@mantine/core'
import { useTexts } from '../../../texts/use-texts.tsx'

interface ExpiryFieldProps {
  /** A date such as `2027-01-31`, or empty for no expiry. */
  readonly day: string
  readonly onChange: (day: string) => void
}

export function ExpiryField({ day, onChange }: ExpiryFieldProps) {
  const { identityProviders: t } = useTexts()
  return (
    <TextInput
      type="date"
      label={t.rotateExpiry}
      description={t.rotateExpiryHelp}
      value={day}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** The end of that day in the viewer's time zone. */
export function endOf(day: string): string | null {
  return day ? new Date(`${day}T23:59:59`).toISOString() : null
}
