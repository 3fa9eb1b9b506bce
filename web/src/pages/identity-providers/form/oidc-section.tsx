import {
  Button,
  Group,
  NativeSelect,
  PasswordInput,
  SimpleGrid,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import type { Discovery } from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { Checks } from '../details/discovery-checks.tsx'
import { useProviderForm } from './form-context.ts'

/** Sign-in details of an OpenID provider. */
export function OidcSection({ hasClientSecret }: { readonly hasClientSecret: boolean }) {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const field = (name: string) => ({
    key: form.key(`details.${name}`),
    ...form.getInputProps(`details.${name}`),
  })
  return (
    <>
      <IssuerField />
      <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
        <TextInput label={t.clientId} autoComplete="off" {...field('clientId')} />
        <PasswordInput
          label={t.clientSecret}
          description={hasClientSecret ? t.clientSecretKept : t.clientSecretHelp}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-hidden': true, tabIndex: -1 }}
          {...field('clientSecret')}
        />
        <NativeSelect
          label={t.clientAuthentication}
          data={[
            { value: 'basic', label: t.clientAuthenticationWays.basic },
            { value: 'post', label: t.clientAuthenticationWays.post },
          ]}
          {...field('clientAuthentication')}
        />
        <TagsInput
          label={t.scopes}
          description={t.scopesHelp}
          data={['openid', 'profile', 'email', 'groups', 'offline_access']}
          clearable={false}
          {...field('scopes')}
        />
      </SimpleGrid>
    </>
  )
}

function IssuerField() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const [isBusy, setBusy] = useState(false)
  const [found, setFound] = useState<Discovery>()
  const { issuer, scopes } = form.values.details
  const check = async () => {
    setBusy(true)
    setFound(undefined)
    form.clearFieldError('details.issuer')
    try {
      const body = { issuer: issuer.trim(), scopes }
      setFound(await api.post<Discovery>('/identity-providers/discover', body))
    } catch (reason) {
      form.setFieldError('details.issuer', reason instanceof Error ? reason.message : String(reason))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <TextInput
          flex={1}
          miw={220}
          label={t.issuer}
          description={t.issuerHelp}
          inputMode="url"
          key={form.key('details.issuer')}
          {...form.getInputProps('details.issuer')}
        />
        <Button variant="default" loading={isBusy} disabled={!issuer.trim()} onClick={() => void check()}>
          {t.checkIssuer}
        </Button>
      </Group>
      <div role="status">{found && <Checks found={found} note={t.checkNote} />}</div>
    </Stack>
  )
}
