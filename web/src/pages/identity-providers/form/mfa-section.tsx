import { Alert, Checkbox, Group, NumberInput, Radio, Stack, TagsInput } from '@mantine/core'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useProviderForm } from './form-context.ts'

const MODES = ['mandatory', 'none', 'external'] as const
const METHODS = ['totp', 'passkey', 'email', 'phone'] as const
/** Settings that decide which sessions stay valid. */
const POLICY = ['mfa', 'mfaMethods', 'mfaDemand'] as const

export function MfaSection({ isNew }: { readonly isNew: boolean }) {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const { mfa, type } = form.values
  const asksForMore = !isNew && mfa !== 'none' && POLICY.some((field) => form.isDirty(field))
  // Only an external identity provider can have its own second factor.
  const modes = MODES.filter((mode) => mode !== 'external' || type !== 'local' || mfa === 'external')
  return (
    <>
      <Radio.Group label={t.mfaMode} key={form.key('mfa')} {...form.getInputProps('mfa')}>
        <Stack gap="xs" mt="xs">
          {modes.map((mode) => (
            <Radio key={mode} value={mode} label={t.mfaModes[mode]} />
          ))}
        </Stack>
      </Radio.Group>
      {mfa === 'mandatory' && (
        <>
          <Checkbox.Group
            label={t.mfaMethods}
            key={form.key('mfaMethods')}
            {...form.getInputProps('mfaMethods')}
          >
            <Group gap="md" mt="xs">
              {METHODS.map((method) => (
                <Checkbox key={method} value={method} label={t.mfaMethod[method]} />
              ))}
            </Group>
          </Checkbox.Group>
          <NumberInput
            label={t.rememberDeviceDays}
            description={t.rememberDeviceHelp}
            min={0}
            max={90}
            maw={260}
            hideControls
            inputMode="numeric"
            key={form.key('rememberDeviceDays')}
            {...form.getInputProps('rememberDeviceDays')}
          />
        </>
      )}
      {mfa === 'external' && <Demand />}
      {asksForMore && <Alert color="blue">{t.mfaChanged}</Alert>}
    </>
  )
}

function Demand() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const { type } = form.values
  const error = form.errors.mfaDemand
  if (type === 'saml')
    return (
      <TagsInput
        label={t.demandAuthnContext}
        description={t.demandHelp}
        data={['https://refeds.org/profile/mfa', 'http://schemas.microsoft.com/claims/multipleauthn']}
        {...form.getInputProps('mfaDemand.authnContext')}
        error={error}
      />
    )
  if (type === 'oidc')
    return (
      <>
        <TagsInput
          label={t.demandAmr}
          description={t.demandHelp}
          data={['mfa', 'otp', 'hwk', 'swk', 'fido']}
          {...form.getInputProps('mfaDemand.amr')}
          error={error}
        />
        <TagsInput label={t.demandAcr} {...form.getInputProps('mfaDemand.acr')} />
      </>
    )
  return null
}
