import { Radio, Stack, Switch } from '@mantine/core'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useProviderForm } from './form-context.ts'

export function ProvisioningSection() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  return (
    <>
      <Switch
        label={t.provisioningSwitch}
        description={`${t.provisioningHelp} ${t.provisioningStays}`}
        {...form.getInputProps('autoProvisioning', { type: 'checkbox' })}
      />
      <Radio.Group label={t.mode} {...form.getInputProps('mode')}>
        <Stack gap="xs" mt="xs">
          <Radio value="lenient" label={t.modes.lenient} />
          <Radio value="strict" label={t.modes.strict} />
        </Stack>
      </Radio.Group>
      <Switch
        label={t.uniqueGroupNames}
        description={t.uniqueGroupNamesHelp}
        {...form.getInputProps('uniqueGroupNames', { type: 'checkbox' })}
      />
      <Switch
        label={t.uniqueExternalIds}
        description={
          form.values.matching?.target === 'externalId' ? t.uniqueExternalIdsByRule : t.uniqueExternalIdsHelp
        }
        {...form.getInputProps('uniqueExternalIds', { type: 'checkbox' })}
      />
    </>
  )
}
