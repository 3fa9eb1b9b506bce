// The audit log against the directory: told again from its events alone, the directory must come out as it is. So no
// change lacks its event, no event its change, and none is there twice.
import type pg from 'pg'
import { ask } from './idp.ts'

interface Event {
  readonly action: 'create' | 'update' | 'delete'
  readonly objectType: 'User' | 'Group'
  readonly objectId: string
  readonly change: string
}
interface Change {
  readonly before?: Record<string, unknown>
  readonly after?: Record<string, unknown>
}
interface Row {
  readonly id: string
  readonly resource: string
  /** Counts the changes of a user; a group has no counter. */
  readonly version: number | null
}
type Attributes = Record<string, unknown>

/** @returns what differs, in words; nothing when the books balance */
export async function checkLedger(connection: pg.ClientConfig, idpId: string): Promise<string[]> {
  const events = await ask<Event>(
    connection,
    `select action, object_type as "objectType", object_id as "objectId", change from audit_event
      where idp_id = $1 and result = 'success' and object_type in ('User', 'Group') order by position`,
    [idpId],
  )
  const rows = await ask<Row>(
    connection,
    `select id, resource, version::int from directory_user where idp_id = $1
      union all select id, resource, null from directory_group where idp_id = $1`,
    [idpId],
  )
  const members = await ask<{ id: string; member: string }>(
    connection,
    `select group_id as id, member_id as member from group_member m join directory_group g on g.id = m.group_id
      where g.idp_id = $1`,
    [idpId],
  )
  return compare(retell(events), rows, members)
}

interface Book {
  readonly objects: Map<string, { attributes: Attributes; changes: number }>
  /** `group member` */
  readonly members: Set<string>
  readonly wrong: string[]
}

function retell(events: readonly Event[]): Book {
  const book: Book = { objects: new Map(), members: new Set(), wrong: [] }
  for (const event of events) tell(book, event, JSON.parse(event.change) as Change)
  return book
}

function tell(book: Book, event: Event, { before = {}, after = {} }: Change): void {
  const known = book.objects.get(event.objectId)
  if ((event.action === 'create') === (known !== undefined))
    book.wrong.push(`${event.action} of ${event.objectId}, which was ${known ? '' : 'not '}there`)
  if (event.action === 'delete') {
    book.objects.delete(event.objectId)
    for (const pair of book.members) if (pair.includes(event.objectId)) book.members.delete(pair)
    return
  }
  const { members: gone, ...removed } = before
  const { members: come, added: _, removed: __, ...set } = after
  for (const member of (gone ?? []) as string[])
    if (!book.members.delete(`${event.objectId} ${member}`)) book.wrong.push(`${member} left twice`)
  for (const member of (come ?? []) as string[]) {
    const pair = `${event.objectId} ${member}`
    if (book.members.has(pair)) book.wrong.push(`${member} came twice`)
    book.members.add(pair)
  }
  const kept = Object.entries(known?.attributes ?? {}).filter(([name]) => !(name in removed))
  const attributes = { ...Object.fromEntries(kept), ...set }
  book.objects.set(event.objectId, { attributes, changes: (known?.changes ?? 0) + 1 })
}

function compare(
  { objects, members, wrong }: Book,
  rows: readonly Row[],
  pairs: readonly { id: string; member: string }[],
): string[] {
  for (const { id, resource, version } of rows) {
    const told = objects.get(id)
    objects.delete(id)
    const { id: _, ...attributes } = JSON.parse(resource) as Attributes
    if (!told) wrong.push(`${id} is there without an event`)
    else if (sorted(told.attributes) !== sorted(attributes))
      wrong.push(`${id} is ${sorted(attributes)}, told as ${sorted(told.attributes)}`)
    else if (version !== null && version !== told.changes)
      wrong.push(`${id} has version ${version} and ${told.changes} events`)
  }
  for (const id of objects.keys()) wrong.push(`${id} has events and is not there`)
  for (const { id, member } of pairs)
    if (!members.delete(`${id} ${member}`)) wrong.push(`${member} is a member of ${id} without an event`)
  for (const pair of members) wrong.push(`membership ${pair} has an event and is not there`)
  return wrong
}

function sorted(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
}
