// `POST /.search`: searches users and groups in one query. @see RFC 7644 §3.4.2.1, §3.4.3
import { groupText } from '#directory/groups/group-row.ts'
import { type Found, listAll, type RootQuery } from '#directory/lists/list-all.ts'
import { userText } from '#directory/users/user-row.ts'
import { questionOf } from '#protocol/scim/messages/cursor.ts'
import { parseListQuery } from '#protocol/scim/messages/list-query.ts'
import { PAGE_SIZE } from '#protocol/scim/schema/discovery.ts'
import { projected } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { type ListSource, type Lists, listRoutes } from './pages.ts'
import type { ScimHandler, ScimRequest } from './request.ts'

const EVERYTHING: ListSource<RootQuery, Found> = {
  read: (parameters, { users, groups, mode }) => ({
    users: parseListQuery(parameters, users, PAGE_SIZE, [groups], mode),
    groups: parseListQuery(parameters, groups, PAGE_SIZE, [users], mode),
  }),
  paging: ({ users }) => users,
  question: ({ users, groups }) => questionOf('', [users, groups]),
  list: listAll,
  text: (found, base, { users, groups }, dialect) =>
    found.type === 'User'
      ? projected(userText(found.row, base), dialect.users, users.projection)
      : projected(groupText(found.row, base), dialect.groups, groups.projection),
}

export function rootSearch(dialectOf: (request: ScimRequest) => Dialect, lists: Lists): ScimHandler {
  return listRoutes(dialectOf, EVERYTHING, lists).search
}
