import { Badge, Group, Text } from '@mantine/core'
import type { Certificate } from '../../../../src/http/portal/contract/identity-provider.ts'
import { Time } from '../../components/time.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

const SOON_MILLISECONDS = 30 * 86_400_000

/** Whose it is, until when, and the fingerprint that an administrator compares. */
export function CertificateFact({ certificate }: { readonly certificate: Certificate }) {
  const { identityProviders: t } = useTexts()
  const { subject, fingerprint, notAfter } = certificate
  return (
    <div>
      <Text span size="sm" style={{ overflowWrap: 'anywhere' }}>
        {subject}
      </Text>
      <Group gap={6}>
        <Text span size="sm">
          {t.certificateUntil} <Time at={notAfter} />
        </Text>
        <ExpiryBadge notAfter={notAfter} />
      </Group>
      <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {fingerprint}
      </Text>
    </div>
  )
}

/** Says that a certificate has expired, or will soon. */
export function ExpiryBadge({ notAfter }: { readonly notAfter: string }) {
  const { identityProviders: t } = useTexts()
  const left = new Date(notAfter).getTime() - Date.now()
  if (left < 0)
    return (
      <Badge color="red.9" tt="none">
        {t.certificateExpired}
      </Badge>
    )
  if (left > SOON_MILLISECONDS) return null
  return (
    <Badge color="#b34700" tt="none">
      {t.certificateSoon}
    </Badge>
  )
}
