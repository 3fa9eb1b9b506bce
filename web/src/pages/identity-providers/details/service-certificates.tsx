import { Badge, Button, Code, Group, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import type {
  ServiceCertificates as Certificates,
  ServiceCertificate,
} from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { CopyField } from '../../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { Time } from '../../../components/time.tsx'
import { useMay } from '../../../session/use-me.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { type IdentityProvider, PROVIDERS_KEY, serviceCertificatesQuery } from '../queries.ts'
import { ExpiryBadge } from './certificates.tsx'

interface ProviderProps {
  readonly provider: IdentityProvider
}

/** Our certificates for a SAML identity provider: signing, rollover, retiring the old one. */
export function ServiceCertificates({ provider }: ProviderProps) {
  const { identityProviders: t } = useTexts()
  const { data, error, refetch } = useQuery(serviceCertificatesQuery(provider.id))
  const mayChange = useMay('admin')
  const [isRotating, setRotating] = useState(false)
  const [retiring, setRetiring] = useState<ServiceCertificate>()
  const items = data?.items ?? []
  const good = items.filter(({ state }) => state !== 'retired').length
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t.serviceCertificates}
        </Title>
        {mayChange && data && good < 2 && (
          <Button variant="default" size="xs" onClick={() => setRotating(true)}>
            {good === 0 ? t.makeCertificate : t.rotateCertificate} …
          </Button>
        )}
      </Group>
      <SignSwitch provider={provider} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noServiceCertificates}
        </Text>
      )}
      {good === 2 && <Text size="sm">{t.rolloverUnderWay}</Text>}
      {items.length > 0 && (
        <Rows items={items} onRetire={mayChange && good === 2 ? setRetiring : undefined} />
      )}
      <RotateDialog
        provider={provider}
        isFirst={good === 0}
        opened={isRotating}
        onClose={() => setRotating(false)}
      />
      {retiring && (
        <RetireDialog provider={provider} certificate={retiring} onClose={() => setRetiring(undefined)} />
      )}
    </Stack>
  )
}

/** Both directions change what the identity provider receives, so both ask for confirmation. */
function SignSwitch({ provider: { id, name, details } }: ProviderProps) {
  const { identityProviders: t } = useTexts()
  const queries = useQueryClient()
  const mayChange = useMay('admin')
  const [isAsking, setAsking] = useState(false)
  const signs = details.signRequests ?? false
  const set = async () => {
    await api.patch(`/identity-providers/${id}`, { details: { signRequests: !signs } })
    await queries.invalidateQueries({ queryKey: PROVIDERS_KEY })
  }
  return (
    <>
      <Switch
        label={t.signRequests}
        description={signs ? t.signsNow : t.signsNotNow}
        checked={signs}
        disabled={!mayChange}
        onChange={() => setAsking(true)}
        color="teal.9"
      />
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={signs ? t.signOffTitle(name) : t.signOnTitle(name)}
        action={signs ? t.signOff : t.signOn}
        isDestructive={signs}
        onConfirm={set}
      >
        <Text>{signs ? t.signOffText : t.signOnText}</Text>
      </ConfirmDialog>
    </>
  )
}

const COLOURS = { signing: 'teal.9', next: 'navy.7', retired: 'gray.7' }

interface RowsProps {
  readonly items: readonly ServiceCertificate[]
  readonly onRetire: ((certificate: ServiceCertificate) => void) | undefined
}

function Rows({ items, onRetire }: RowsProps) {
  const { identityProviders: t } = useTexts()
  const heads = [t.fingerprint, t.state, t.certificateSince, t.certificateUntil]
  return (
    <Table.ScrollContainer minWidth={760} type="native">
      <Table fz="sm" verticalSpacing={6}>
        <Table.Caption hidden>{t.serviceCertificates}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((certificate) => (
            <Table.Tr key={certificate.id}>
              <Table.Td>
                <Code title={certificate.fingerprint}>{shortened(certificate.fingerprint)}</Code>
              </Table.Td>
              <Table.Td>
                <Badge color={COLOURS[certificate.state]} tt="none">
                  {t.certificateState[certificate.state]}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Time at={certificate.notBefore} />
              </Table.Td>
              <Table.Td>
                <Group gap={6}>
                  <Time at={certificate.notAfter} />
                  {certificate.state !== 'retired' && <ExpiryBadge notAfter={certificate.notAfter} />}
                </Group>
              </Table.Td>
              <Table.Td>
                {certificate.state !== 'retired' && (
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <DownloadButton certificate={certificate} />
                    {onRetire && (
                      <Button variant="subtle" size="compact-sm" onClick={() => onRetire(certificate)}>
                        {t.retire} …
                      </Button>
                    )}
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function DownloadButton({ certificate: { pem, fingerprint } }: { readonly certificate: ServiceCertificate }) {
  const { identityProviders: t, common } = useTexts()
  return (
    <Button
      component="a"
      href={`data:application/x-pem-file;charset=utf-8,${encodeURIComponent(pem)}`}
      download={`doorlist-${fingerprint.slice(0, 8).replaceAll(':', '').toLowerCase()}.pem`}
      variant="subtle"
      size="compact-sm"
      leftSection={<Download size={14} aria-hidden />}
      aria-label={t.downloadCertificate(shortened(fingerprint))}
    >
      {common.download}
    </Button>
  )
}

function shortened(fingerprint: string): string {
  return `${fingerprint.slice(0, 23)}…`
}

function useCertificateAction(id: string, path: string) {
  const queries = useQueryClient()
  return async () => {
    const all = await api.post<Certificates>(`/identity-providers/${id}/service-certificates${path}`)
    queries.setQueryData(serviceCertificatesQuery(id).queryKey, all)
  }
}

interface RotateDialogProps extends ProviderProps {
  readonly isFirst: boolean
  readonly opened: boolean
  readonly onClose: () => void
}

function RotateDialog({ provider: { id, serviceProvider }, isFirst, ...dialog }: RotateDialogProps) {
  const { identityProviders: t } = useTexts()
  return (
    <ConfirmDialog
      {...dialog}
      title={isFirst ? t.makeCertificateTitle : t.rotateCertificateTitle}
      action={isFirst ? t.makeCertificate : t.rotateCertificate}
      isDestructive={false}
      onConfirm={useCertificateAction(id, '')}
    >
      <Stack gap="sm">
        <Text>{isFirst ? t.makeCertificateText : t.rotateCertificateText}</Text>
        {serviceProvider.entityId && <CopyField label={t.ourMetadata} value={serviceProvider.entityId} />}
      </Stack>
    </ConfirmDialog>
  )
}

interface RetireDialogProps extends ProviderProps {
  readonly certificate: ServiceCertificate
  readonly onClose: () => void
}

function RetireDialog({ provider: { id, name, details }, certificate, onClose }: RetireDialogProps) {
  const { identityProviders: t } = useTexts()
  const inUse = details.signRequests ? t.retireSigningText(name) : t.retireDecryptingText(name)
  const text = certificate.state === 'next' ? t.retireNextText(name) : inUse
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t.retireTitle(shortened(certificate.fingerprint))}
      action={t.retire}
      onConfirm={useCertificateAction(id, `/${certificate.id}/retire`)}
    >
      <Stack gap="sm">
        <Text>{text}</Text>
        <Text>{t.retireCertificateUndo}</Text>
      </Stack>
    </ConfirmDialog>
  )
}
