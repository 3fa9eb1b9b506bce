import { Group, NativeSelect, Radio, Stack, Switch, TextInput } from '@mantine/core'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useProviderForm } from './form-context.ts'

export function EnrollSection() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  return (
    <>
      <Radio.Group label={t.enrollMethod} {...form.getInputProps('enroll')}>
        <Stack gap="xs" mt="xs">
          <Radio value="admin" label={t.enrollMethods.admin} />
          <Radio value="self" label={t.enrollMethods.self} />
        </Stack>
      </Radio.Group>
      <Radio.Group label={t.activationLabel} {...form.getInputProps('activation')}>
        <Stack gap="xs" mt="xs">
          <Radio value="automatic" label={t.activations.automatic} />
          <Radio value="manual" label={t.activations.manual} />
        </Stack>
      </Radio.Group>
      <Switch
        label={t.askPersonalDesktop}
        {...form.getInputProps('askPersonalDesktop', { type: 'checkbox' })}
      />
      {form.values.type !== 'local' && <MatchingField />}
      {form.values.type !== 'local' && <StableIdentifierField type={form.values.type} />}
    </>
  )
}

/** The claim or attribute that identifies a user even after a rename. */
function StableIdentifierField({ type }: { readonly type: 'saml' | 'oidc' }) {
  const { identities: texts } = useTexts()
  const form = useProviderForm()
  return (
    <TextInput
      label={texts.stableIdentifier}
      description={texts.stableIdentifierHelp[type]}
      autoComplete="off"
      maxLength={255}
      key={form.key('stableIdentifier')}
      {...form.getInputProps('stableIdentifier')}
    />
  )
}

/** The rule that finds the provisioned user at the first sign-in. */
function MatchingField() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const { matching } = form.values
  const choose = (own: boolean) =>
    form.setFieldValue('matching', own ? { source: '', target: 'externalId' } : null)
  return (
    <>
      <Radio.Group
        label={t.matching}
        description={t.matchingHelp}
        value={matching ? 'own' : 'default'}
        onChange={(value) => choose(value === 'own')}
        error={form.errors.matching}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="default" label={t.matchingDefault} />
          <Radio value="own" label={t.matchingOwn} />
        </Stack>
      </Radio.Group>
      {matching && (
        <Group grow>
          <TextInput
            label={t.matchingSource}
            placeholder={form.values.type === 'saml' ? 'NameID' : 'oid'}
            {...form.getInputProps('matching.source')}
          />
          <NativeSelect
            label={t.matchingTarget}
            data={['userName', 'externalId']}
            {...form.getInputProps('matching.target')}
          />
        </Group>
      )}
    </>
  )
}
