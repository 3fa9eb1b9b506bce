import { Badge, Group, Text } from '@mantine/core'
import type { Certificate } from '../../../../../src/http/portal/identity-providers/contract.ts'
import { Time } from '../../../components/time.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'

const SOON_MILLISECONDS = 30 * 86_400_000

/** A certificate's subject, expiry and fingerprint. */
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

/** Whether it expires within 30 days or has expired. */
export function endsSoon(notAfter: string): boolean {
  return new Date(notAfter).getTime() - Date.now() < SOON_MILLISECONDS
}

interface ExpiryBadgeProps {
  readonly notAfter: string
  /** What expires, when the warning isn't next to the certificate. */
  readonly of?: string
}

/** Warns that a certificate has expired or expires soon. */
export function ExpiryBadge({ notAfter, of }: ExpiryBadgeProps) {
  const { identityProviders: t } = useTexts()
  const what = of ? `${of}: ` : ''
  if (!endsSoon(notAfter)) return null
  if (new Date(notAfter).getTime() < Date.now())
    return (
      <Badge color="red.9" tt="none" miw="max-content">
        {what}
        {t.certificateExpired}
      </Badge>
    )
  return (
    <Badge color="#b34700" tt="none" miw="max-content">
      {what}
      {t.certificateSoon}
    </Badge>
  )
}
