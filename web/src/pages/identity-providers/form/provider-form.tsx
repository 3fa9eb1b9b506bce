import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formProblems } from '../../../api/form-problems.ts'
import { focusFirstError } from '../../../components/forms/focus-first-error.ts'
import { SaveProblem } from '../../../components/forms/save-problem.tsx'
import { UnsavedGuard } from '../../../components/forms/unsaved-guard.tsx'
import { MainButton } from '../../../components/main-button.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { OurValues } from '../details/our-values.tsx'
import type { IdentityProvider } from '../queries.ts'
import { AttributeMapping } from './attribute-mapping.tsx'
import { EnrollSection } from './enroll-section.tsx'
import { ProviderFormProvider, useForm } from './form-context.ts'
import { FormSection } from './form-section.tsx'
import type { FormValues } from './form-values.ts'
import { MfaSection } from './mfa-section.tsx'
import { OidcSection } from './oidc-section.tsx'
import { ProvisioningSection } from './provisioning-section.tsx'
import { SamlSection } from './saml-section.tsx'
import { withSharedExternalIds } from './shared-external-ids.ts'

interface ProviderFormProps {
  readonly initial: FormValues
  /** Undefined for a new object. */
  readonly provider?: IdentityProvider
  /** @returns a function to call once nothing is unsaved */
  readonly onSave: (values: FormValues) => Promise<() => void>
  readonly onCancel: () => void
  /** Loads the newer version after an edit conflict. */
  readonly onReload?: () => void
}

const isHttps = (text: string) => text.trim() === '' || /^https:\/\/[^\s/]+/.test(text.trim())

/** The form of an identity provider, in sections. */
export function ProviderForm({ initial, provider, onSave, onCancel, onReload }: ProviderFormProps) {
  const { identityProviders: t, common } = useTexts()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const [after, setAfter] = useState<() => void>()
  const form = useForm({
    initialValues: initial,
    validateInputOnBlur: true,
    clearInputErrorOnChange: true,
    validate: {
      name: (name) => (name.trim() === '' ? t.needed : null),
      details: {
        ssoUrl: (url, { type }) => (type === 'saml' && !isHttps(url) ? t.notHttps : null),
        sloUrl: (url, { type }) => (type === 'saml' && !isHttps(url) ? t.notHttps : null),
      },
    },
  })
  useEffect(() => after?.(), [after])

  async function save(values: FormValues): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      const next = await onSave(values)
      setAfter(() => next)
    } catch (reason) {
      const known = [...Object.keys(values), ...Object.keys(values.details).map((name) => `details.${name}`)]
      const rules = (values.mapping ?? []).flatMap((_, i) => [
        `mapping.${i}.source`,
        `mapping.${i}.attribute`,
      ])
      const { byField, rest } = formProblems(reason, [...known, ...rules])
      form.setErrors(withSharedExternalIds(reason, byField, t))
      setError(rest === undefined ? new Error(t.checkFields) : reason)
      focusFirstError()
    } finally {
      setBusy(false)
    }
  }
  const { type } = form.values
  return (
    <ProviderFormProvider form={form}>
      <UnsavedGuard isDirty={form.isDirty() && !after} />
      <form onSubmit={form.onSubmit((values) => void save(values), focusFirstError)} noValidate>
        <Stack maw={860}>
          <FormSection title={t.section.name}>
            <TextInput
              label={t.name}
              description={t.nameHelp}
              required
              maxLength={100}
              autoComplete="off"
              data-autofocus={provider ? undefined : true}
              {...form.getInputProps('name')}
            />
          </FormSection>
          <FormSection title={t.section.type} about={provider ? t.fixedType : t.typeHelp}>
            {provider ? (
              <Text>{t.type[type]}</Text>
            ) : (
              <SegmentedControl
                aria-label={t.section.type}
                w="fit-content"
                data={[
                  { value: 'saml', label: t.type.saml },
                  { value: 'oidc', label: t.type.oidc },
                ]}
                {...form.getInputProps('type')}
              />
            )}
          </FormSection>
          {type !== 'local' && (
            <FormSection title={t.section.details} {...(type === 'saml' && { about: t.samlHelp })}>
              <OurValues values={provider?.serviceProvider} />
              {type === 'saml' ? (
                <SamlSection />
              ) : (
                <OidcSection hasClientSecret={provider?.hasClientSecret ?? false} />
              )}
            </FormSection>
          )}
          {type !== 'local' && (
            <FormSection title={t.section.mapping} about={t.mappingHelp}>
              <AttributeMapping idpId={provider?.id} />
            </FormSection>
          )}
          <FormSection title={t.section.mfa}>
            <MfaSection isNew={provider === undefined} />
          </FormSection>
          {type !== 'local' && (
            <FormSection title={t.section.provisioning}>
              <ProvisioningSection />
            </FormSection>
          )}
          <FormSection title={t.section.enroll}>
            <EnrollSection />
          </FormSection>
          <SaveProblem error={error} onReload={onReload} />
          <Group>
            <MainButton type="submit" loading={isBusy}>
              {common.save}
            </MainButton>
            <Button variant="default" onClick={onCancel}>
              {common.cancel}
            </Button>
          </Group>
        </Stack>
      </form>
    </ProviderFormProvider>
  )
}
