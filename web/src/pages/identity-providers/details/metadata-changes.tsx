import { Alert, Code, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  Certificate,
  MetadataComparison,
} from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { ChangeView } from '../../../components/change-view.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { MainButton } from '../../../components/main-button.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useEndLinksDialog } from '../form/end-links-dialog.tsx'
import { type IdentityProvider, PROVIDERS_KEY } from '../queries.ts'
import { CertificateFact } from './certificates.tsx'

interface MetadataChangesProps {
  readonly provider: IdentityProvider
  readonly found: MetadataComparison
  readonly onDone: () => void
}

/** Compares current metadata with the saved details and applies exactly what is shown. */
export function MetadataChanges({ provider: { id, name }, found, onDone }: MetadataChangesProps) {
  const { identityProviders: t, logs } = useTexts()
  const { url, changes, certificates, warnings, version } = found
  const { added, removed, kept } = certificates
  const queries = useQueryClient()
  const mayChange = useMay('admin')
  const { save, dialog } = useEndLinksDialog(id)
  const apply = useMutation({
    mutationFn: () => {
      const pems = [...kept, ...added].map(({ pem }) => pem)
      const details = {
        ...Object.fromEntries(changes.map(({ field, after }) => [field, after])),
        ...(added.length + removed.length > 0 && { certificates: pems }),
      }
      const headers = { 'if-match': `"${version}"` }
      return save((dropLinks) => api.patch(`/identity-providers/${id}`, { details, dropLinks }, headers))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: PROVIDERS_KEY })
      notifications.show({ color: 'teal', message: t.metadataApplied(name) })
      onDone()
    },
  })
  const isSame = changes.length + added.length + removed.length === 0
  const side = (which: 'before' | 'after') =>
    Object.fromEntries(changes.map((change) => [t[change.field], change[which]]))
  return (
    <Stack>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {t.metadataReadAt} <Code>{url}</Code>
      </Text>
      {warnings.length > 0 && (
        <Alert color="orange" variant="light">
          {warnings.map((warning) => t.metadataWarning[warning]).join(' ')}
        </Alert>
      )}
      {isSame && (
        <Alert color="teal" variant="light">
          {t.metadataSame}
        </Alert>
      )}
      {changes.length > 0 && (
        <ChangeView
          caption={t.metadataChanges}
          headings={{ field: logs.field, before: t.metadataKept, after: t.metadataFound }}
          before={side('before')}
          after={side('after')}
        />
      )}
      <CertificateList label={t.certificatesAdded} certificates={added} />
      <CertificateList label={t.certificatesRemoved} certificates={removed} />
      {removed.length > 0 && <Text size="sm">{t.certificatesRemovedText}</Text>}
      <ProblemAlert error={apply.error} />
      {dialog}
      {!isSame && mayChange && (
        <Group justify="flex-end">
          <MainButton loading={apply.isPending} onClick={() => apply.mutate()}>
            {t.applyMetadata}
          </MainButton>
        </Group>
      )}
    </Stack>
  )
}

interface CertificateListProps {
  readonly label: string
  readonly certificates: readonly Certificate[]
}

function CertificateList({ label, certificates }: CertificateListProps) {
  if (certificates.length === 0) return null
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {label}
      </Text>
      {certificates.map((certificate) => (
        <CertificateFact key={certificate.fingerprint} certificate={certificate} />
      ))}
    </Stack>
  )
}
