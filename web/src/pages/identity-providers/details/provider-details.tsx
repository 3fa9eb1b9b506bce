import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { BookOpen, ListTree, PencilLine, PlugZap, RefreshCw, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { CopyField } from '../../../components/forms/copy-field.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { ClientKeys } from '../credentials/client-keys.tsx'
import { CredentialsTable } from '../credentials/credentials-table.tsx'
import { DeleteDialog } from '../delete-dialog.tsx'
import { IdentificationSection } from '../form/identification-section.tsx'
import type { IdentityProvider } from '../queries.ts'
import { CertificateFact } from './certificates.tsx'
import { CheckAgain } from './check-again.tsx'
import { ServiceCertificates } from './service-certificates.tsx'

/** The expanded row of an identity provider. */
export function ProviderDetails({ provider }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t } = useTexts()
  const { scim, type, lastSyncAt, changedAt, createdAt } = provider
  return (
    // Stays in view when the table is wider than the window.
    <Stack gap="md" maw="min(75rem, calc(100vw - 5rem))" pos="sticky" left={16} w="fit-content" miw={0}>
      <Actions provider={provider} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md" verticalSpacing="sm">
        <DetailFacts provider={provider} />
        {scim && (
          <Fact label={t.lastSync}>
            <Time at={lastSyncAt} />
          </Fact>
        )}
        <Fact label={t.lastChange}>
          <Time at={changedAt} />
        </Fact>
        <Fact label={t.created}>
          <Time at={createdAt} />
        </Fact>
      </SimpleGrid>
      {scim && <CopyField label={t.endpoint} value={scim.endpoint} />}
      {type !== 'local' && <IdentificationSection provider={provider} />}
      {type !== 'local' && <CredentialsTable provider={provider} />}
      {type === 'saml' && <ServiceCertificates provider={provider} />}
      {type !== 'local' && <ClientKeys provider={provider} />}
    </Stack>
  )
}

function Actions({ provider }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t, mapping, provisioning, common } = useTexts()
  const { id, type } = provider
  const mayChange = useMay('admin')
  const [isDeleting, setDeleting] = useState(false)
  return (
    <Group gap="xs">
      {mayChange && (
        <Button
          component={Link}
          to={`/identity-providers/${id}/edit`}
          variant="default"
          leftSection={<PencilLine size={16} aria-hidden />}
        >
          {t.edit}
        </Button>
      )}
      {type !== 'local' && (
        <>
          <Button
            component={Link}
            to={`/identity-providers/${id}/mapping`}
            variant="default"
            leftSection={<ListTree size={16} aria-hidden />}
          >
            {mapping.link}
          </Button>
          <Button
            component={Link}
            to={`/identity-providers/${id}/provisioning`}
            variant="default"
            leftSection={<RefreshCw size={16} aria-hidden />}
          >
            {provisioning.link}
          </Button>
          <Button
            component={Link}
            to={`/identity-providers/${id}/guide`}
            variant="default"
            leftSection={<BookOpen size={16} aria-hidden />}
          >
            {t.setupGuide}
          </Button>
          <Button
            component={Link}
            to={`/identity-providers/${id}/test-connection`}
            variant="default"
            leftSection={<PlugZap size={16} aria-hidden />}
          >
            {t.testConnection}
          </Button>
          {mayChange && <CheckAgain provider={provider} />}
          {mayChange && (
            <Button
              variant="default"
              c="var(--mantine-color-error)"
              leftSection={<Trash2 size={16} aria-hidden />}
              onClick={() => setDeleting(true)}
            >
              {common.delete} …
            </Button>
          )}
          <DeleteDialog provider={provider} opened={isDeleting} onClose={() => setDeleting(false)} />
        </>
      )}
    </Group>
  )
}

function DetailFacts({ provider: { type, details } }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t } = useTexts()
  if (type === 'local') return null
  if (type === 'oidc')
    return (
      <>
        <Fact label={t.issuer}>{details.issuer}</Fact>
        <Fact label={t.clientId}>{details.clientId}</Fact>
        <Fact label={t.scopes}>{details.scopes?.join(' ')}</Fact>
      </>
    )
  return (
    <>
      <Fact label={t.entityIssuer}>{details.entityIssuer}</Fact>
      <Fact label={t.ssoUrl}>{details.ssoUrl}</Fact>
      <Fact label={t.certificates}>
        {details.certificates?.map((certificate) => (
          <CertificateFact key={certificate.fingerprint} certificate={certificate} />
        ))}
      </Fact>
    </>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        {children ?? '—'}
      </Text>
    </div>
  )
}
