import { NativeSelect, SimpleGrid, Switch, TextInput } from '@mantine/core'
import { useTexts } from '../../../texts/use-texts.tsx'
import { CertificatesField } from './certificates-field.tsx'
import { useProviderForm } from './form-context.ts'
import { MetadataImport } from './metadata-import.tsx'

/** Sign-in details of a SAML identity provider. */
export function SamlSection() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const field = (name: string) => ({
    key: form.key(`details.${name}`),
    ...form.getInputProps(`details.${name}`),
  })
  const check = (name: string) => ({
    key: form.key(`details.${name}`),
    ...form.getInputProps(`details.${name}`, { type: 'checkbox' }),
  })
  return (
    <>
      <MetadataImport />
      <TextInput label={t.entityIssuer} description={t.entityIssuerHelp} {...field('entityIssuer')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
        <TextInput label={t.ssoUrl} description={t.ssoUrlHelp} inputMode="url" {...field('ssoUrl')} />
        <NativeSelect
          label={t.ssoBinding}
          data={[
            { value: 'redirect', label: t.binding.redirect },
            { value: 'post', label: t.binding.post },
          ]}
          {...field('ssoBinding')}
        />
        <TextInput label={t.sloUrl} inputMode="url" {...field('sloUrl')} />
        <TextInput label={t.nameIdFormat} {...field('nameIdFormat')} />
      </SimpleGrid>
      <CertificatesField />
      <Switch label={t.idpInitiated} description={t.idpInitiatedHelp} {...check('idpInitiated')} />
      <Switch label={t.signRequests} description={t.signRequestsHelp} {...check('signRequests')} />
    </>
  )
}
