import { Alert, Anchor, Code, Drawer, Group, List, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Info, TriangleAlert, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import type {
  Explanation,
  RequestChange,
  ScimRequest,
} from '../../../../src/http/portal/provisioning/requests-contract.ts'
import { ApiError, api } from '../../api/client.ts'
import { ChangeView } from '../../components/change-view.tsx'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { JsonView } from '../../components/json-view.tsx'
import { Time } from '../../components/time.tsx'
import { useLanguage, useTexts } from '../../texts/use-texts.tsx'
import { ResultBadge } from './result-badge.tsx'

interface RequestDrawerProps {
  /** Undefined: closed. */
  readonly id: string | undefined
  readonly onClose: () => void
}

/** One request: why it failed and what to do, what it changed, and both messages. */
export function RequestDrawer({ id, onClose }: RequestDrawerProps) {
  const { common, provisioning } = useTexts()
  const { locale } = useLanguage()
  const { data, error } = useQuery({
    queryKey: ['scim-request', id, locale],
    queryFn: ({ signal }) => api.get<ScimRequest>(`/scim-requests/${id}`, {}, signal),
    enabled: id !== undefined,
    staleTime: 60_000,
  })
  const isGone = error instanceof ApiError && error.status === 404
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={<Text fw={650}>{data ? <Heading request={data} /> : provisioning.request.title}</Text>}
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {isGone ? <Text>{provisioning.request.goneTitle}</Text> : <ProblemAlert error={error} />}
      {data && <RequestDetail request={data} />}
      {!data && !error && <Skeleton height={320} />}
    </Drawer>
  )
}

function Heading({ request }: { readonly request: ScimRequest }) {
  const { operations, objects } = useTexts().provisioning
  const { operation, objectName, objectType, path } = request
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {`${operations[operation]}: ${objectName ?? (objectType ? objects[objectType] : path)}`}
    </span>
  )
}

function RequestDetail({ request }: { readonly request: ScimRequest }) {
  const { request: texts } = useTexts().provisioning
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <ResultBadge {...request} />
        <Text size="sm">
          <Time at={request.at} />
        </Text>
      </Group>
      {request.explanation && <FailureExplanation explanation={request.explanation} />}
      <Notes notes={request.notes} />
      <Changes changes={request.changes} />
      <Body title={texts.sent} body={request.request} />
      <Body title={texts.answered} body={request.answer} />
      <Details request={request} />
    </Stack>
  )
}

function DrawerSection({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h5" mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}

const ICONS = { idp: TriangleAlert, here: Wrench, nowhere: Info }
const COLORS = { idp: 'red', here: 'orange', nowhere: 'blue' }

/** What an accepted request left out or did differently. */
function Notes({ notes }: Pick<ScimRequest, 'notes'>) {
  const { request: texts } = useTexts().provisioning
  if (notes.length === 0) return null
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<Info size={20} aria-hidden />}
      title={
        <Text inherit c="var(--mantine-color-text)">
          {texts.notes}
        </Text>
      }
    >
      <Stack gap="xs">
        {notes.map(({ code, text }) => (
          <Text key={`${code} ${text}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {text}
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}

/** In the language of the pages; the rule is told as the identity provider got it. */
function FailureExplanation({ explanation }: { readonly explanation: Explanation }) {
  const { request: texts } = useTexts().provisioning
  const { cause, field, rule, steps, where, otherUserId } = explanation
  const Icon = ICONS[where]
  return (
    <Alert
      color={COLORS[where]}
      variant="light"
      icon={<Icon size={20} aria-hidden />}
      title={
        <Text inherit c="var(--mantine-color-text)">
          {cause}
        </Text>
      }
    >
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {field && (
            <>
              <b>{texts.field}</b> <Code>{field}</Code>{' '}
            </>
          )}
          <b>{texts.rule}</b> <span lang="en">{rule}</span>
        </Text>
        {otherUserId && (
          <Anchor
            component={Link}
            to={`/users/${otherUserId}`}
            size="sm"
            c="var(--mantine-color-text)"
            underline="always"
          >
            {texts.otherUser}
          </Anchor>
        )}
        <Text size="sm" fw={600}>
          {texts.where[where]}
        </Text>
        {steps.length > 0 && (
          <List type="ordered" size="sm" spacing={4}>
            {steps.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Alert>
  )
}

function Changes({ changes }: { readonly changes: readonly RequestChange[] }) {
  const { request: texts } = useTexts().provisioning
  const done = changes.filter(({ result }) => result === 'success')
  return (
    <DrawerSection title={texts.change}>
      {done.length === 0 && <Text size="sm">{texts.noChange}</Text>}
      <Stack gap="sm">
        {done.map((change) => (
          <div key={change.eventId}>
            <Text size="sm" fw={500}>
              {texts.changeOf(texts.actions[change.action] ?? change.action, change.objectName)}
            </Text>
            <ChangeView
              caption={texts.change}
              headings={texts.headings}
              before={asObject(change.before)}
              after={asObject(change.after)}
            />
          </div>
        ))}
      </Stack>
    </DrawerSection>
  )
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

function Body({ title, body }: { readonly title: string; readonly body: ScimRequest['request'] }) {
  const { request: texts } = useTexts().provisioning
  const { text, bytes } = body
  return (
    <DrawerSection title={title}>
      {text === null && <Text size="sm">{bytes === 0 ? texts.noBody : texts.notKept(bytes)}</Text>}
      {text !== null && text.length < bytes && (
        <Text size="sm" c="dimmed" mb={4}>
          {texts.cut(bytes)}
        </Text>
      )}
      {text !== null && <JsonView label={`${title} (JSON)`} value={readable(text)} />}
    </DrawerSection>
  )
}

/** Indented when the message is complete JSON. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function Details({ request }: { readonly request: ScimRequest }) {
  const { request: texts, requests } = useTexts().provisioning
  const rows: [string, ReactNode][] = [
    [texts.method, `${request.method} ${request.path}`],
    ...(request.query === '' ? [] : [[texts.query, request.query] as [string, ReactNode]]),
    [texts.status, `${request.status}${request.scimType ? ` · ${request.scimType}` : ''}`],
    ...(request.explanation ? [[texts.code, request.explanation.code] as [string, ReactNode]] : []),
    [texts.duration, requests.milliseconds(request.milliseconds)],
    [texts.agent, request.userAgent || '—'],
    [texts.from, request.sourceAddress ?? '—'],
    [texts.credential, request.credentialKey ?? request.credentialId ?? texts.noCredential],
    [texts.id, request.id],
  ]
  return (
    <DrawerSection title={texts.details}>
      <Table fz="sm" verticalSpacing={4} variant="vertical">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={150} fw={500}>
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </DrawerSection>
  )
}
