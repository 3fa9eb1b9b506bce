import { Stack, Text } from '@mantine/core'
import { CopyField } from '../../../components/forms/copy-field.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import type { IdentityProvider } from '../queries.ts'

const ORDER = [
  'entityId',
  'acsUrl',
  'logoutUrl',
  'redirectUri',
  'postLogoutRedirectUri',
  'backchannelLogoutUri',
] as const

/** Our values to copy into the identity provider. */
export function OurValues({ values }: { readonly values: IdentityProvider['serviceProvider'] | undefined }) {
  const { identityProviders: t } = useTexts()
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t.ourValues}
      </Text>
      {values ? (
        ORDER.map((name) => values[name] && <CopyField key={name} label={t[name]} value={values[name]} />)
      ) : (
        <Text size="sm" c="dimmed">
          {t.ourValuesLater}
        </Text>
      )}
    </Stack>
  )
}
