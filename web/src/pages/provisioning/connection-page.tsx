import {
  Anchor,
  Badge,
  Button,
  Group,
  Loader,
  Paper,
  Skeleton,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { CircleCheck, CircleDashed, RotateCw, TriangleAlert } from 'lucide-react'
import type {
  ConnectionStep,
  ConnectionTest,
  Provisioning,
} from '../../../../src/http/portal/provisioning/contract.ts'
import type { ScimRequestPage } from '../../../../src/http/portal/provisioning/requests-contract.ts'
import { api } from '../../api/client.ts'
import { CopyField } from '../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Time } from '../../components/time.tsx'
import { useMay } from '../../session/use-me.ts'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'
import { RequestDrawer } from './request-drawer.tsx'
import { RequestTable } from './request-table.tsx'

const POLL_MILLISECONDS = 2_000

/** Connection checks, and a live view of the identity provider's own test. */
export function ConnectionPage() {
  const { id } = useParams({ from: '/app/identity-providers/$id/test-connection' })
  const { request } = useSearch({ from: '/app/identity-providers/$id/test-connection' })
  const navigate = useNavigate({ from: '/identity-providers/$id/test-connection' })
  const { connection: texts, title } = useTexts().provisioning
  const { locale } = useLanguage()
  const mayTest = useMay('admin')
  const provider = useQuery({
    queryKey: ['provisioning', id, 'UTC'],
    queryFn: ({ signal }) => api.get<Provisioning>(`/identity-providers/${id}/provisioning`, {}, signal),
  })
  const test = useQuery({
    queryKey: ['test-connection', id, locale],
    queryFn: () => api.post<ConnectionTest>(`/identity-providers/${id}/test-connection`),
    enabled: mayTest,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const name = provider.data?.health.identityProviderName ?? '…'
  const open = (next: string | undefined) => void navigate({ search: next ? { request: next } : {} })
  return (
    <>
      <Anchor component={Link} to={`/identity-providers/${id}/provisioning`} size="sm">
        {`← ${title(name)}`}
      </Anchor>
      <PageHeader title={texts.title(name)} about={texts.about} />
      <ProblemAlert error={provider.error ?? test.error} />
      <Stack gap="lg">
        {mayTest && <Checks test={test.data} onAgain={() => void test.refetch()} isBusy={test.isFetching} />}
        <Live idpId={id} since={test.data?.startedAt} onOpen={open} />
      </Stack>
      <RequestDrawer id={request} onClose={() => open(undefined)} />
    </>
  )
}

interface ChecksProps {
  readonly test: ConnectionTest | undefined
  readonly isBusy: boolean
  readonly onAgain: () => void
}

function Checks({ test, isBusy, onAgain }: ChecksProps) {
  const { connection: texts } = useTexts().provisioning
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.checks}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {texts.checks}
        </Title>
        <Button
          size="xs"
          variant="default"
          leftSection={<RotateCw size={14} aria-hidden />}
          onClick={onAgain}
          loading={isBusy}
        >
          {texts.again}
        </Button>
      </Group>
      {test ? (
        <Stack>
          <CopyField label={texts.endpoint} value={test.endpoint} />
          <Table.ScrollContainer minWidth={320}>
            <Table verticalSpacing="xs">
              <Table.Tbody>
                {test.steps.map((step) => (
                  <Step key={step.code} step={step} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          {test.hint && <Text size="sm">{test.hint}</Text>}
        </Stack>
      ) : (
        <Skeleton height={260} />
      )}
    </Paper>
  )
}

const STATES = {
  ok: { color: 'teal.9', icon: CircleCheck },
  warning: { color: 'orange.9', icon: TriangleAlert },
  problem: { color: 'red.9', icon: TriangleAlert },
  waiting: { color: 'gray.7', icon: CircleDashed },
} as const

/** The server's text is English. */
function Step({ step }: { readonly step: ConnectionStep }) {
  const { connection: texts } = useTexts().provisioning
  const { color, icon: Icon } = STATES[step.state]
  return (
    <Table.Tr>
      <Table.Th scope="row" w={130} fw={500}>
        {texts.steps[step.code]}
      </Table.Th>
      <Table.Td w={120}>
        <Badge color={color} radius="sm" leftSection={<Icon size={12} aria-hidden />}>
          {texts.states[step.state]}
        </Badge>
      </Table.Td>
      <Table.Td>
        <span lang={step.code === 'failures' ? undefined : 'en'}>{step.sentence}</span>{' '}
        {step.at && <Time at={step.at} />}
      </Table.Td>
    </Table.Tr>
  )
}

interface LiveProps {
  readonly idpId: string
  readonly since: string | undefined
  readonly onOpen: (id: string) => void
}

/** Checks every two seconds for requests since the test began. */
function Live({ idpId, since, onOpen }: LiveProps) {
  const { connection: texts } = useTexts().provisioning
  const { locale } = useLanguage()
  const { data, error } = useQuery({
    queryKey: ['scim-requests', idpId, 'since', since, locale],
    queryFn: ({ signal }) =>
      api.get<ScimRequestPage>(
        `/identity-providers/${idpId}/scim-requests`,
        { from: since, limit: 20 },
        signal,
      ),
    enabled: since !== undefined,
    refetchInterval: POLL_MILLISECONDS,
  })
  const items = data?.items ?? []
  const [newest] = items
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.live}>
      <Group gap="sm" mb="xs" mih={32}>
        <Title order={2} size="h4">
          {texts.live}
        </Title>
        {!newest && <Loader size="xs" aria-hidden />}
      </Group>
      <ProblemAlert error={error} />
      <Text role="status" fw={newest ? 600 : 400} mb="xs">
        {!newest
          ? texts.waiting
          : `${texts.arrived(items.length)}. ${newest.failed ? texts.fails : texts.works}`}
      </Text>
      {newest ? (
        <RequestTable caption={texts.caption} rows={items} onOpen={onOpen} />
      ) : (
        <Text size="sm" c="dimmed">
          {texts.waitingText}
        </Text>
      )}
    </Paper>
  )
}
