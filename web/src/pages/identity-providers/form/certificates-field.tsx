import { ActionIcon, Button, FileButton, Group, Input, Paper, Stack, Text, Textarea } from '@mantine/core'
import { X } from 'lucide-react'
import { useState } from 'react'
import type { Certificate } from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { CertificateFact } from '../details/certificates.tsx'
import { useProviderForm } from './form-context.ts'

const FIELD = 'details.certificates'

/** The signing certificates; more than one during a rollover. */
export function CertificatesField() {
  const { identityProviders: t } = useTexts()
  const form = useProviderForm()
  const { certificates } = form.values.details
  const [pem, setPem] = useState('')
  const [error, setError] = useState<string>()
  const set = (next: Certificate[]) => {
    form.setFieldValue(FIELD, next)
    form.clearFieldError(FIELD)
  }
  const add = async (text: string) => {
    setError(undefined)
    try {
      const body = { certificates: [text] }
      const read = await api.post<{ certificates: Certificate[] }>('/identity-providers/certificates', body)
      const known = new Set(certificates.map(({ fingerprint }) => fingerprint))
      set([...certificates, ...read.certificates.filter(({ fingerprint }) => !known.has(fingerprint))])
      setPem('')
    } catch (reason) {
      setPem(text)
      setError(reason instanceof Error ? reason.message : String(reason))
    }
  }
  return (
    <Input.Wrapper
      label={t.certificates}
      description={t.certificatesHelp}
      error={form.errors[FIELD]}
      labelElement="div"
    >
      <Stack gap="xs" mt="xs">
        {certificates.length === 0 && (
          <Text size="sm" c="dimmed">
            {t.noCertificates}
          </Text>
        )}
        {certificates.map((certificate) => (
          <Paper key={certificate.fingerprint} withBorder p="sm">
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <CertificateFact certificate={certificate} />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t.certificateOf(certificate.subject)}
                onClick={() => set(certificates.filter((other) => other !== certificate))}
              >
                <X size={16} />
              </ActionIcon>
            </Group>
          </Paper>
        ))}
        <Textarea
          label={t.addCertificate}
          placeholder="-----BEGIN CERTIFICATE-----"
          rows={3}
          spellCheck={false}
          value={pem}
          error={error}
          onChange={(event) => setPem(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button variant="default" size="xs" disabled={!pem.trim()} onClick={() => void add(pem)}>
            {t.add}
          </Button>
          <FileButton accept=".pem,.crt,.cer,.txt" onChange={(file) => void file?.text().then(add)}>
            {(props) => (
              <Button variant="default" size="xs" {...props}>
                {t.metadataFile} …
              </Button>
            )}
          </FileButton>
        </Group>
      </Stack>
    </Input.Wrapper>
  )
}
