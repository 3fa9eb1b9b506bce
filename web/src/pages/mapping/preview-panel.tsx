import { Accordion, Badge, Group, Loader, Paper, Table, Text, Title } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useId } from 'react'
import type { MappingPreview } from '../../../../src/http/portal/mapping/contract.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { SearchField } from '../../components/forms/search-field.tsx'
import { useTexts } from '../../texts/use-texts.tsx'

type User = MappingPreview['users'][number]

interface PreviewPanelProps {
  readonly preview: MappingPreview | undefined
  readonly error: unknown
  readonly isBusy: boolean
}

const route = getRouteApi('/app/identity-providers/$id/mapping')

/** Preview: profiles of real users with the edited rules, next to their current ones. */
export function PreviewPanel({ preview, error, isBusy }: PreviewPanelProps) {
  const { mapping: t } = useTexts()
  const { user } = route.useSearch()
  const navigate = route.useNavigate()
  const title = useId()
  const users = preview?.users ?? []
  return (
    <Paper
      component="section"
      withBorder
      p="md"
      aria-labelledby={title}
      pos={{ lg: 'sticky' }}
      top={{ lg: 76 }}
      mah={{ lg: 'calc(100dvh - 92px)' }}
      style={{ overflowY: 'auto' }}
      tabIndex={-1}
    >
      <Group justify="space-between" mb="xs">
        <Title order={2} id={title}>
          {t.preview}
        </Title>
        <Loader size="xs" aria-label={t.previewing} style={{ visibility: isBusy ? 'visible' : 'hidden' }} />
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t.previewHelp}
      </Text>
      <SearchField
        aria-label={t.previewSearch}
        placeholder={t.previewSearch}
        mb="sm"
        value={user}
        onSearch={(text) =>
          void navigate({ search: { user: text }, replace: true, ignoreBlocker: true, resetScroll: false })
        }
      />
      <ProblemAlert error={error} />
      {preview && users.length === 0 && <Text size="sm">{user ? t.previewNobody : t.previewEmpty}</Text>}
      <Accordion key={users[0]?.id} defaultValue={users[0]?.id ?? null} variant="contained" order={3}>
        {users.map((one) => (
          <Accordion.Item key={one.id} value={one.id}>
            <Accordion.Control>
              <Group justify="space-between" gap="xs" pr="xs">
                <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                  {one.displayName ?? one.userName}
                </Text>
                <Badge color={changesOf(one).length > 0 ? 'navy.7' : 'gray.7'} radius="sm" tt="none">
                  {one.deleted ? t.deleted : t.changes(changesOf(one).length)}
                </Badge>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {one.deleted ? <Text size="sm">{t.deletedHelp}</Text> : <Comparison user={one} />}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Paper>
  )
}

const namesOf = ({ before, after }: User) => [...new Set([...Object.keys(after), ...Object.keys(before)])]
const changesOf = (user: User) => namesOf(user).filter((name) => user.before[name] !== user.after[name])

function Comparison({ user }: { readonly user: User }) {
  const { mapping: t } = useTexts()
  return (
    <Table fz="xs" verticalSpacing={4} horizontalSpacing={6} layout="fixed">
      <Table.Caption hidden>{t.comparison(user.userName)}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t.column.attribute}</Table.Th>
          <Table.Th scope="col">{t.column.before}</Table.Th>
          <Table.Th scope="col">{t.column.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {namesOf(user).map((name) => (
          <ComparedRow key={name} name={name} before={user.before[name]} after={user.after[name]} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

interface ComparedRowProps {
  readonly name: string
  readonly before: string | undefined
  readonly after: string | undefined
}

function ComparedRow({ name, before, after }: ComparedRowProps) {
  const { mapping: t, common } = useTexts()
  const mark =
    before === after
      ? undefined
      : before === undefined
        ? t.mark.added
        : after === undefined
          ? t.mark.removed
          : t.mark.changed
  return (
    <Table.Tr style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
      <Table.Th scope="row" fw={mark ? 650 : 400}>
        {name}
      </Table.Th>
      <Table.Td>{before ?? common.none}</Table.Td>
      <Table.Td fw={mark ? 650 : 400}>
        <span>{after ?? common.none}</span>
        {mark && (
          <Badge component="span" ml={6} size="sm" color="navy.7" radius="sm" tt="none">
            {mark}
          </Badge>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
