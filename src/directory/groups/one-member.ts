// Adds one user to a group, or removes one member: the changes that identity providers request most. They have their
// own statement, which is smaller than the one for any number of members, because PostgreSQL prepares every part of a
// statement each time. Moves that arrive together for one group are done by one statement.

import { type Change, eventInsert, eventsInsert, type Fact } from '#audit/record.ts'
import { firstOfEach, gathering } from '#platform/database/gather.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { MemberMove, MemberMoves } from '../provisioner.ts'
import { type Provisioner, senderOf } from '../provisioner.ts'
import { revision } from './group-row.ts'

export const MOVED_ALONE: MemberMoves = { move: moveAlone }

/** The most moves in one statement; more aren't done any faster. */
const MOST = 100

/** Gathers moves that arrive together and does them with one statement. See decision 0015. */
export function openMemberMoves(): MemberMoves {
  const gathered = gathering<MemberMove, boolean>({ most: MOST, together: moveEach, alone: moveAlone })
  return { move: (asked) => gathered(`${senderOf(asked.at)} ${asked.kind} ${asked.groupId}`, asked) }
}

function factOf({ groupId, memberId, kind }: MemberMove): Fact {
  const [gone, come] = kind === 'add' ? [[], [memberId]] : [[memberId], []]
  const after = { members: come, removed: gone.length, added: come.length }
  const change: Change = { before: { members: gone }, after }
  return { action: 'update', objectType: 'Group', objectId: groupId, objectName: NAME, change }
}
const NAME = raw('target.display_name')

async function moveAlone(asked: MemberMove): Promise<boolean> {
  const { at, kind, memberId } = asked
  const recorded = eventInsert(at.auditContext, factOf(asked), raw('from target, moved'))
  const statement = moving(asked, sql`= ${memberId}::uuid`, recorded, raw('from moved'))
  const rows = await at.db.run(at.scope, prepared(`group.${kind}-one`, statement))
  return rows.length > 0
}

/** Does several moves of one sender, group and kind. @returns undefined for those that weren't done */
async function moveEach(asked: readonly MemberMove[]): Promise<(true | undefined)[]> {
  const chosen = firstOfEach(asked, ({ memberId }) => memberId)
  const [first] = chosen
  if (!first) return []
  const { at, kind } = first
  const ids = `{${chosen.map(({ memberId }) => memberId).join()}}`
  const facts = chosen.map((each) => ({ ...factOf(each), by: each.at.auditContext.actor }))
  const itsOwn = sql`join moved on moved.member_id = (${ids}::uuid[])[fact.place] cross join target`
  const recorded = eventsInsert(at.auditContext, facts, itsOwn)
  const statement = moving(first, sql`= any(${ids}::uuid[])`, recorded, raw('from moved limit 1'))
  const rows = await at.db.run<{ id: string }>(at.scope, prepared(`group.${kind}-each`, statement))
  const moved = new Set(rows.map(({ id }) => id))
  const done = new Set(chosen.filter(({ memberId }) => moved.has(memberId)))
  return asked.map((each) => (done.has(each) ? true : undefined))
}

/** Returns a statement that moves members and returns their ids. @param which condition on their ids */
function moving({ at, groupId, kind }: MemberMove, which: Sql, recorded: Sql, revisedFrom: Sql): Sql {
  return sql`with target as (select u.id, u.display_name from directory_group u
      where u.id = ${groupId} and u.tenant_id = ${at.tenantId} and u.idp_id = ${at.idpId}),
    moved as (${kind === 'add' ? adding(at, which) : removing(at, which)}),
    recorded as (${recorded}),
    revised as (${revision(groupId, at.tenantId, revisedFrom)})
    select moved.member_id as id from moved`
}

function adding(at: Provisioner, which: Sql): Sql {
  return sql`insert into group_member (group_id, member_id, tenant_id, member_type)
      select target.id, u.id, u.tenant_id, 'User' from target, directory_user u
      where u.id ${which} and u.tenant_id = ${at.tenantId} and u.idp_id = ${at.idpId} for key share of u
      on conflict do nothing returning member_id`
}

function removing(at: Provisioner, which: Sql): Sql {
  return sql`delete from group_member m using target
      where m.group_id = target.id and m.member_id ${which} and m.tenant_id = ${at.tenantId} returning m.member_id`
}
