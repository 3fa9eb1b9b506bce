import { Alert, Button, Checkbox, Group, Paper, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Download, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { CopyField } from '../../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { UnsavedGuard } from '../../../components/forms/unsaved-guard.tsx'
import { MainButton } from '../../../components/main-button.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { type IdentityProvider, type Issued, issuedQuery, providerQuery } from '../queries.ts'
import { ClientKeys } from './client-keys.tsx'
import { CredentialsTable } from './credentials-table.tsx'

const route = getRouteApi('/app/identity-providers/$id/credentials')

/** Shown after saving: key, secret, token and endpoint, once. */
export function CredentialsPage() {
  const { identityProviders: t } = useTexts()
  const { id } = route.useParams()
  const { data: provider, error, refetch } = useQuery(providerQuery(id))
  const { data: issued } = useQuery(issuedQuery(id))
  return (
    <>
      <PageHeader title={t.issuedTitle(provider?.name ?? '…')} about={t.issuedAbout} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {provider ? (
        <Stack maw={860}>
          {issued ? <IssuedCredentials provider={provider} issued={issued} /> : <Known provider={provider} />}
        </Stack>
      ) : (
        !error && <Skeleton height={420} maw={860} />
      )}
    </>
  )
}

interface IssuedProps {
  readonly provider: IdentityProvider
  readonly issued: Issued
}

function IssuedCredentials({ provider, issued }: IssuedProps) {
  const { identityProviders: t } = useTexts()
  const [copied, setCopied] = useState<ReadonlySet<string>>(new Set())
  const [isKept, setKept] = useState(false)
  const mark = (what: string) => setCopied(new Set([...copied, what]))
  // Most identity providers need only the token, others key and secret: copying either is enough.
  const isSafe = isKept || copied.has('token') || copied.has('secret') || copied.has('file')
  return (
    <>
      <UnsavedGuard isDirty={!isSafe} />
      <Alert
        color="orange"
        variant="light"
        title={t.issuedWarningTitle}
        icon={<TriangleAlert size={18} />}
        // Orange text on Mantine's light orange background is below 4.5:1.
        styles={{ label: { color: 'var(--mantine-color-text)' } }}
      >
        {t.issuedWarning}
      </Alert>
      <Paper withBorder p="lg">
        <Stack>
          <CopyField label={t.endpoint} value={issued.endpoint} />
          <CopyField
            label={t.token}
            description={t.tokenHelp}
            value={issued.token}
            onCopied={() => mark('token')}
          />
          <CopyField label={t.key} description={t.keyHelp} value={issued.key} />
          <CopyField
            label={t.secret}
            description={t.secretHelp}
            value={issued.secret}
            onCopied={() => mark('secret')}
          />
          <Group>
            <Button
              component="a"
              href={fileOf(provider, issued)}
              download={`${fileName(provider.name)}-scim.json`}
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
              onClick={() => mark('file')}
            >
              {t.downloadFile}
            </Button>
          </Group>
          <Checkbox
            label={t.haveKept}
            checked={isSafe}
            onChange={(event) => setKept(event.currentTarget.checked)}
          />
        </Stack>
      </Paper>
      <Group>
        <NextStep id={provider.id} />
      </Group>
    </>
  )
}

function NextStep({ id }: { readonly id: string }) {
  const { identityProviders: t } = useTexts()
  return (
    <MainButton component={Link} to={`/identity-providers/${id}/guide`}>
      {t.toGuide}
    </MainButton>
  )
}

function Known({ provider }: { readonly provider: IdentityProvider }) {
  const { identityProviders: t } = useTexts()
  return (
    <>
      <Alert color="navy" variant="light">
        {t.issuedGone}
      </Alert>
      {provider.scim && <CopyField label={t.endpoint} value={provider.scim.endpoint} />}
      <CredentialsTable provider={provider} />
      <ClientKeys provider={provider} />
      <Group>
        <NextStep id={provider.id} />
      </Group>
    </>
  )
}

/** The same JSON object that the CLI prints. */
function fileOf({ id, name, type }: IdentityProvider, { endpoint, key, secret, token }: Issued): string {
  const text = JSON.stringify({ id, name, type, scim: { endpoint, key, secret, token } }, null, 2)
  return `data:application/json;charset=utf-8,${encodeURIComponent(text)}`
}

function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'doorlist'
}
