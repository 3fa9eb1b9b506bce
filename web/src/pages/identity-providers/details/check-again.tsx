import { Button, Loader, Modal, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type {
  Discovery,
  MetadataComparison,
} from '../../../../../src/http/portal/identity-providers/contract.ts'
import { api } from '../../../api/client.ts'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import type { IdentityProvider } from '../queries.ts'
import { Checks } from './discovery-checks.tsx'
import { MetadataChanges } from './metadata-changes.tsx'

interface ProviderProps {
  readonly provider: IdentityProvider
}

/** Fetches the metadata again and shows differences before applying them. */
export function CheckAgain({ provider }: ProviderProps) {
  const { identityProviders: t } = useTexts()
  const { type, details } = provider
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  const address = type === 'saml' ? details.metadataUrl : details.issuer
  if (!address) return null
  const label = type === 'saml' ? t.checkMetadata : t.checkIssuer
  return (
    <>
      <Button
        variant="default"
        leftSection={<RefreshCw size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={label} centered size="lg">
        {type === 'saml' ? (
          <MetadataCheck provider={provider} onDone={close} />
        ) : (
          <IssuerCheck provider={provider} />
        )}
      </Modal>
    </>
  )
}

/** Fetched each time the dialog opens but not while it is open, so that its content doesn't change. */
const ASKED_ONCE = { staleTime: 'static', gcTime: 0 } as const

function IssuerCheck({ provider: { id, details } }: ProviderProps) {
  const { issuer, scopes } = details
  const { data, error, refetch } = useQuery({
    queryKey: ['check-issuer', id],
    queryFn: () => api.post<Discovery>('/identity-providers/discover', { issuer, scopes }),
    ...ASKED_ONCE,
  })
  return (
    <Answer error={error} onRetry={() => void refetch()}>
      {data && <Checks found={data} />}
    </Answer>
  )
}

function MetadataCheck({ provider, onDone }: ProviderProps & { readonly onDone: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['check-metadata', provider.id],
    queryFn: () => api.post<MetadataComparison>(`/identity-providers/${provider.id}/metadata/comparison`),
    ...ASKED_ONCE,
  })
  return (
    <Answer error={error} onRetry={() => void refetch()}>
      {data && <MetadataChanges provider={provider} found={data} onDone={onDone} />}
    </Answer>
  )
}

interface AnswerProps {
  readonly error: unknown
  readonly onRetry: () => void
  readonly children: ReactNode
}

function Answer({ error, onRetry, children }: AnswerProps) {
  const { common } = useTexts()
  return (
    <Stack role="status">
      {!children && !error && <Loader size="sm" aria-label={common.loading} />}
      <ProblemAlert error={error} onRetry={onRetry} />
      {children}
    </Stack>
  )
}
