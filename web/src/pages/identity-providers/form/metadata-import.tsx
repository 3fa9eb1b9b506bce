import {
  Alert,
  Button,
  FileButton,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import type { Metadata } from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useProviderForm } from './form-context.ts'

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

/** Whether the IdP supports a stable identifier but is set to send another one. */
function offersPersistent({ nameIdFormats, details }: Metadata): boolean {
  return nameIdFormats.includes(PERSISTENT) && details.nameIdFormat !== PERSISTENT
}

/** Reads SAML metadata and fills the fields below; problems are shown next to it. */
export function MetadataImport() {
  const { identityProviders: t, identities } = useTexts()
  const form = useProviderForm()
  const [from, setFrom] = useState<'url' | 'text'>('url')
  const [url, setUrl] = useState(() => form.getValues().details.metadataUrl)
  const [xml, setXml] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const [read, setRead] = useState<Metadata>()

  async function fill(source: { url: string } | { xml: string }): Promise<void> {
    setBusy(true)
    setError(undefined)
    setRead(undefined)
    try {
      const metadata = await api.post<Metadata>('/identity-providers/metadata', source)
      form.setFieldValue('details', { ...form.getValues().details, ...metadata.details })
      form.clearErrors()
      setRead(metadata)
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason))
    } finally {
      setBusy(false)
    }
  }
  const readFile = async (file: File | null) => {
    if (!file) return
    const text = await file.text()
    setXml(text)
    await fill({ xml: text })
  }
  return (
    <Stack gap="xs">
      <Group gap="sm" align="center">
        <Text size="sm" fw={600} id="metadata-from">
          {t.metadata}
        </Text>
        <SegmentedControl
          size="xs"
          aria-labelledby="metadata-from"
          value={from}
          onChange={(value) => setFrom(value === 'text' ? 'text' : 'url')}
          data={[
            { value: 'url', label: t.metadataFrom.url },
            { value: 'text', label: t.metadataFrom.text },
          ]}
        />
      </Group>
      {from === 'url' ? (
        <Group align="flex-end" gap="xs">
          <TextInput
            flex={1}
            miw={220}
            label={t.metadataUrl}
            description={t.metadataUrlHelp}
            inputMode="url"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Button
            variant="default"
            loading={isBusy}
            disabled={!url.trim()}
            onClick={() => void fill({ url: url.trim() })}
          >
            {t.readMetadata}
          </Button>
        </Group>
      ) : (
        <>
          <Textarea
            label={t.metadataXml}
            rows={5}
            ff="monospace"
            spellCheck={false}
            value={xml}
            onChange={(event) => setXml(event.currentTarget.value)}
          />
          <Group gap="xs">
            <Button
              variant="default"
              loading={isBusy}
              disabled={!xml.trim()}
              onClick={() => void fill({ xml })}
            >
              {t.readMetadata}
            </Button>
            <FileButton accept=".xml,text/xml,application/xml" onChange={(file) => void readFile(file)}>
              {(props) => (
                <Button variant="default" {...props}>
                  {t.metadataFile} …
                </Button>
              )}
            </FileButton>
          </Group>
        </>
      )}
      <div role="status">
        {read && (
          <Alert color={read.warnings.length > 0 ? 'orange' : 'teal'} variant="light">
            {t.metadataRead} {read.warnings.map((warning) => t.metadataWarning[warning]).join(' ')}
          </Alert>
        )}
      </div>
      {read && offersPersistent(read) && (
        <Alert color="blue" variant="light" styles={{ message: { color: 'var(--mantine-color-text)' } }}>
          {identities.offersPersistent}
        </Alert>
      )}
      {error && (
        <Alert role="alert" color="red" variant="light">
          {error}
        </Alert>
      )}
    </Stack>
  )
}
