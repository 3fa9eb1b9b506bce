import { Select } from '@mantine/core'
import { useTexts } from '../../texts/use-texts.tsx'
import { useProviderChoices } from '../identity-providers/queries.ts'

interface ProviderSelectProps {
  readonly value: string | null
  readonly onChange: (idpId: string | null) => void
  readonly disabled?: boolean
}

const NONE = 'none'

/** Chooses the identity provider that users of a domain sign in through. */
export function ProviderSelect({ value, onChange, disabled = false }: ProviderSelectProps) {
  const { tenantSettings } = useTexts()
  const texts = tenantSettings.domains
  return (
    <Select
      label={texts.leadsTo}
      description={value === null ? texts.leadsNowhere : undefined}
      inputWrapperOrder={['label', 'input', 'description']}
      allowDeselect={false}
      disabled={disabled}
      data={[{ value: NONE, label: texts.noProvider }, ...useProviderChoices()]}
      value={value ?? NONE}
      onChange={(chosen) => onChange(chosen === NONE ? null : chosen)}
    />
  )
}
