import { Badge, Button, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { Time } from '../../../components/time.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'

/** A credential with an expiry date. */
export interface DatedCredential {
  readonly id: string
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly retiredAt: string | null
  readonly lastUsedAt: string | null
}

type State = 'live' | 'expired' | 'retired'
const COLOURS: Record<State, string> = { live: 'teal.9', expired: 'red.9', retired: 'gray.7' }

function stateOf({ retiredAt, expiresAt }: DatedCredential): State {
  if (retiredAt) return 'retired'
  return expiresAt && new Date(expiresAt).getTime() <= Date.now() ? 'expired' : 'live'
}

/** Whether it is the only valid one. */
export function isLastLive(items: readonly DatedCredential[], item: DatedCredential): boolean {
  return stateOf(item) === 'live' && items.filter((one) => stateOf(one) === 'live').length === 1
}

interface DatedRowsProps<Item extends DatedCredential> {
  readonly caption: string
  readonly nameHead: string
  readonly items: readonly Item[]
  readonly nameOf: (item: Item) => ReactNode
  /** Undefined for read-only roles. */
  readonly onRetire: ((item: Item) => void) | undefined
}

/** Rows with created, expires and last used dates, and the action to retire each. */
export function DatedRows<Item extends DatedCredential>(props: DatedRowsProps<Item>) {
  const { caption, nameHead, items, nameOf, onRetire } = props
  const { identityProviders: t } = useTexts()
  const heads = [nameHead, t.state, t.created, t.expires, t.lastUsed]
  return (
    <Table.ScrollContainer minWidth={760} type="native">
      <Table fz="sm" verticalSpacing={6}>
        <Table.Caption hidden>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
            {onRetire && <Table.Td />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.id}>
              <Table.Td>{nameOf(item)}</Table.Td>
              <Table.Td>
                <Badge color={COLOURS[stateOf(item)]} tt="none">
                  {t[stateOf(item)]}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Time at={item.createdAt} relative />
              </Table.Td>
              <Table.Td>
                <Time at={item.expiresAt} />
              </Table.Td>
              <Table.Td>
                <Time at={item.lastUsedAt} relative />
              </Table.Td>
              {onRetire && (
                <Table.Td ta="right">
                  {!item.retiredAt && (
                    <Button variant="subtle" size="compact-sm" onClick={() => onRetire(item)}>
                      {t.retire} …
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
