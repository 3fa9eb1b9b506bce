// Users, groups, logs, jobs, and what administrators see of the service.
import type { Cases } from './case.ts'
import { type Fixture, lazily } from './fixture.ts'

const NOBODY = '01890000-0000-7000-8000-000000000000'
const PERIOD = { from: '2026-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' }
const SEARCH = { ...PERIOD, actor: 'a', object: 'user', objectId: NOBODY, result: 'success', text: 'a' }
const EVENT_CURSOR = `2026-01-01T00:00:00.000000Z_${NOBODY}`

export function directoryCases(at: Fixture): Cases {
  const { api, unique } = at
  const user = lazily(() => at.user())
  const group = lazily(async () => at.group(at.saml, [await user()]))
  const localUser = lazily(() => at.localUser())
  const localGroup = async () => (await api('POST', '/groups', { displayName: unique('local') })).id as string
  const lasting = lazily(localGroup)
  const filter = async () => ({
    q: 'user',
    identityProviderId: at.saml.id,
    status: 'active',
    groupId: await group(),
  })
  const id = async (given: Promise<string>) => ({ params: { id: await given } })
  const newUser = () => ({
    userName: unique('local'),
    email: 'a@b.example',
    givenName: 'A',
    familyName: 'B',
    displayName: 'A B',
    phoneNumber: '+81 90 1234 5678',
    title: 'T',
    department: 'D',
    manager: 'M',
    employeeNumber: '1',
  })
  const deletedUser = async () => {
    const deleted = await at.user()
    await at.saml.delete(`/Users/${deleted}`)
    return deleted
  }
  const deletedPlace = async () => {
    await Promise.all([deletedUser(), deletedUser()])
    return (await api('GET', '/deleted-users?limit=1')).next as string
  }
  const places = (path: string, sort: string) =>
    api('GET', `${path}?sort=${sort}&limit=1`).then(({ next }) => next as string)
  const job = async () => {
    const { id } = await api('POST', '/users/bulk-actions', { action: 'enable', ids: [await localUser()] })
    return id as string
  }
  const logs = (path: string, words: { action: string; objectType: string }): Cases => ({
    [`GET /api/v1/${path}`]: {
      status: 200,
      valid: () => ({ query: { ...SEARCH, ...words, limit: 10, after: EVENT_CURSOR } }),
    },
    [`GET /api/v1/${path}/export`]: {
      status: 200,
      valid: () => ({ query: { ...SEARCH, ...words, format: 'csv' } }),
    },
    [`GET /api/v1/${path}/:id`]: { status: 404, valid: () => ({ params: { id: NOBODY } }) },
  })

  return {
    'GET /api/v1/users': {
      status: 200,
      valid: async () => ({
        query: {
          ...(await filter()),
          limit: 10,
          after: await places('/users', 'userName'),
          sort: 'userName',
          order: 'asc',
        },
      }),
      optional: { headers: { authorization: '', cookie: '', 'x-csrf-token': '' } },
    },
    'GET /api/v1/users/count': { status: 200, valid: async () => ({ query: await filter() }) },
    'GET /api/v1/users/export': {
      status: 200,
      valid: async () => ({ query: { ...(await filter()), format: 'json' } }),
    },
    'GET /api/v1/users/waiting': { status: 200, valid: () => ({}) },
    'POST /api/v1/users': { status: 201, valid: () => ({ json: newUser() }) },
    'GET /api/v1/users/:id': { status: 200, valid: () => id(user()) },
    'PATCH /api/v1/users/:id': {
      status: 200,
      valid: async () => ({ ...(await id(localUser())), json: newUser() }),
      optional: { headers: { 'if-match': '' } },
    },
    'DELETE /api/v1/users/:id': { status: 204, valid: () => id(at.localUser()) },
    'POST /api/v1/users/:id/disable': { status: 200, valid: () => id(localUser()) },
    'POST /api/v1/users/:id/enable': { status: 200, valid: () => id(localUser()) },
    'POST /api/v1/users/:id/restore': { status: 200, valid: () => id(localUser()) },
    'GET /api/v1/deleted-users': {
      status: 200,
      valid: async () => ({
        query: { q: 'user', identityProviderId: at.saml.id, limit: 10, after: await deletedPlace() },
      }),
    },
    'POST /api/v1/deleted-users/:id/restore': { status: 200, valid: () => id(deletedUser()) },
    'POST /api/v1/users/bulk-actions': {
      status: 202,
      valid: () => ({
        json: { action: 'enable', filter: { q: 'nobody at all', status: 'disabled' }, confirmedCount: 0 },
      }),
    },
    'GET /api/v1/users/:id/enrolment': { status: 200, valid: () => id(user()) },
    'POST /api/v1/users/:id/activate': { status: 409, valid: () => id(user()) },
    'POST /api/v1/users/:id/reset-enrolment': { status: 204, valid: () => id(user()) },
    'POST /api/v1/users/:id/invitation': {
      status: 201,
      valid: async () => ({ ...(await id(localUser())), json: { mail: false } }),
    },
    'GET /api/v1/users/:id/identities': { status: 200, valid: () => id(user()) },
    'DELETE /api/v1/users/:id/identities': { status: 404, valid: () => id(user()) },
    'GET /api/v1/users/:id/factors': { status: 200, valid: () => id(user()) },
    'DELETE /api/v1/users/:id/factors/:factor': {
      status: 404,
      valid: async () => ({ params: { id: await user(), factor: 'totp' } }),
    },
    'DELETE /api/v1/users/:id/devices': { status: 204, valid: () => id(user()) },
    'GET /api/v1/users/:id/sessions': { status: 200, valid: () => id(user()) },
    'DELETE /api/v1/users/:id/sessions': { status: 200, valid: () => id(user()) },
    'DELETE /api/v1/users/:id/sessions/:sessionId': {
      status: 404,
      valid: async () => ({ params: { id: await user(), sessionId: NOBODY } }),
    },
    'GET /api/v1/groups': {
      status: 200,
      valid: async () => {
        await lasting()
        const after = await places('/groups', 'displayName')
        return {
          query: {
            limit: 10,
            after,
            q: 'a',
            identityProviderId: at.saml.id,
            sort: 'displayName',
            order: 'asc',
          },
        }
      },
    },
    'POST /api/v1/groups': { status: 201, valid: () => ({ json: { displayName: unique('local') } }) },
    'GET /api/v1/groups/:id': { status: 200, valid: () => id(group()) },
    'PATCH /api/v1/groups/:id': {
      status: 200,
      valid: async () => ({ ...(await id(lasting())), json: { displayName: unique('renamed') } }),
    },
    'DELETE /api/v1/groups/:id': { status: 204, valid: () => id(localGroup()) },
    'GET /api/v1/groups/:id/members': {
      status: 200,
      valid: async () => ({ ...(await id(group())), query: { limit: 10, after: NOBODY } }),
    },
    'POST /api/v1/groups/:id/members': {
      status: 200,
      valid: async () => ({ ...(await id(lasting())), json: { add: [await localUser()], remove: [] } }),
    },
    'GET /api/v1/jobs': { status: 200, valid: () => ({ query: { open: true, limit: 10 } }) },
    'GET /api/v1/jobs/:id': { status: 200, valid: () => id(job()) },
    'POST /api/v1/jobs/:id/resume': { status: 409, valid: () => id(job()) },
    'POST /api/v1/jobs/:id/cancel': { status: 200, valid: () => id(job()) },
    ...logs('audit-events', { action: 'create', objectType: 'User' }),
    ...logs('activity-events', { action: 'sign-in', objectType: 'Application' }),
    ...logs('system-events', { action: 'service-started', objectType: 'Gateway' }),
    'GET /api/v1/audit-log/verification': {
      status: 200,
      valid: () => ({ query: { head: 'a'.repeat(64) } }),
    },
    'GET /api/v1/gateways': { status: 200, valid: () => ({}) },
    'GET /api/v1/overview': { status: 200, valid: () => ({}) },
    'GET /api/v1/failures': { status: 200, valid: () => ({}) },
    'GET /api/v1/sync-health': { status: 200, valid: () => ({}) },
    'GET /api/v1/scim-requests/:id': { status: 404, valid: () => ({ params: { id: NOBODY } }) },
    'GET /api/v1/brand': { status: 200, valid: () => ({}) },
    'PATCH /api/v1/brand': { status: 200, valid: () => ({ json: { name: 'Acme', logo: null } }) },
  }
}
