import {
  Alert,
  Anchor,
  Button,
  Group,
  List,
  NativeSelect,
  Paper,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { CopyField } from '../../../components/forms/copy-field.tsx'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { credentialsQuery, type IdentityProvider, issuedQuery, providerQuery } from '../queries.ts'
import { GUIDES, type Guide, guideFor, stepOf } from './guide-steps.ts'

const route = getRouteApi('/app/identity-providers/$id/guide')

/** Setup guide for the IdP's console, with the values of this identity provider at each step. */
export function GuidePage() {
  const { identityProviders: t, guides } = useTexts()
  const { id } = route.useParams()
  const { for: chosen } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: provider, error, refetch } = useQuery(providerQuery(id))
  const guide = chosen ?? guideFor(provider?.name ?? '')
  return (
    <>
      <PageHeader
        title={t.guideTitle(provider?.name ?? '…')}
        about={t.guideAbout}
        actions={
          <Group gap="xs">
            <Button component={Link} to={`/identity-providers/${id}/test-connection`} variant="default">
              {t.testConnection}
            </Button>
            <Button component={Link} to={`/identity-providers/${id}/edit`} variant="default">
              {t.edit}
            </Button>
          </Group>
        }
      />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <Stack maw={860}>
        <NativeSelect
          label={t.guideFor}
          maw={320}
          value={guide}
          data={GUIDES.map((value) => ({ value, label: guides.names[value] }))}
          onChange={(event) =>
            void navigate({ search: { for: event.currentTarget.value as Guide }, replace: true })
          }
        />
        {provider ? <Sections provider={provider} guide={guide} /> : !error && <Skeleton height={480} />}
      </Stack>
    </>
  )
}

interface GuideProps {
  readonly provider: IdentityProvider
  readonly guide: Guide
}

function Sections({ provider, guide }: GuideProps) {
  const { identityProviders: t, guides } = useTexts()
  const values = useValues(provider)
  const { type, autoProvisioning } = provider
  if (type === 'local') return null
  return (
    <>
      <StepsOf title={t.guideSso[type]} steps={guides[guide][type]} values={values} id={provider.id} />
      <StepsOf title={t.guideScim} steps={guides[guide].scim} values={values} id={provider.id}>
        {!autoProvisioning && (
          <Alert color="orange" variant="light" mb="sm">
            {t.guideNoScim}
          </Alert>
        )}
      </StepsOf>
    </>
  )
}

type Values = Readonly<Record<string, string | undefined>>

function useValues({ id, serviceProvider, scim }: IdentityProvider): Values {
  const { data: issued } = useQuery(issuedQuery(id))
  const { data: credentials } = useQuery(credentialsQuery(id))
  const live = credentials?.items.filter(({ retiredAt }) => retiredAt === null).at(-1)
  const origin = scim ? new URL(scim.endpoint).origin : undefined
  return {
    ...serviceProvider,
    endpoint: scim?.endpoint,
    tokenEndpoint: origin && `${origin}/oauth/token`,
    key: issued?.key ?? live?.key,
    secret: issued?.secret,
    token: issued?.token,
  }
}

interface StepsProps {
  readonly id: string
  readonly title: string
  readonly steps: readonly string[]
  readonly values: Values
  readonly children?: React.ReactNode
}

function StepsOf({ id, title, steps, values, children }: StepsProps) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
      <List type="ordered" spacing="md" styles={{ itemWrapper: { display: 'block' } }}>
        {steps.map((written) => {
          const { text, values: wanted } = stepOf(written)
          return (
            <List.Item key={written}>
              <Text component="div" style={{ overflowWrap: 'anywhere' }}>
                {text}
              </Text>
              <Stack gap="xs" mt={wanted.length > 0 ? 'xs' : 0}>
                {wanted.map(({ name, label }) => (
                  <Value key={name + label} id={id} label={label} value={values[name]} />
                ))}
              </Stack>
            </List.Item>
          )
        })}
      </List>
    </Paper>
  )
}

interface ValueProps {
  readonly id: string
  readonly label: string
  readonly value: string | undefined
}

/** Secrets are available only right after they were created. */
function Value({ id, label, value }: ValueProps) {
  const { identityProviders: t } = useTexts()
  if (value) return <CopyField label={label} value={value} />
  return (
    <div>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Text size="sm" c="dimmed">
        {t.guideToken}{' '}
        <Anchor component={Link} to={`/identity-providers/${id}/credentials`} underline="always">
          {t.credentials}
        </Anchor>
      </Text>
    </div>
  )
}
