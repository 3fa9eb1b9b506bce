import { Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { NewUser, User } from '../../../../../src/http/portal/users/contract.ts'
import { api } from '../../../api/client.ts'
import { useEditing } from '../../../api/use-editing.ts'
import { ProblemAlert } from '../../../components/forms/problem-alert.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'
import { useRefreshUsers, userQuery } from '../queries.ts'
import { FIELDS, UserForm, type UserValues } from './user-form.tsx'

export function NewUserPage() {
  const { form: texts } = useTexts().users
  const navigate = useNavigate()
  const saved = useSaved()
  return (
    <>
      <PageHeader title={texts.newTitle} about={texts.about} />
      <UserForm
        initial={valuesOf(undefined)}
        onSave={async (values) => saved(await api.post<User>('/users', values as NewUser))}
        onCancel={() => void navigate({ to: '/users' })}
      />
    </>
  )
}

export function EditUserPage() {
  const { id } = useParams({ from: '/app/users/$id/edit' })
  const { form: texts } = useTexts().users
  const navigate = useNavigate()
  const saved = useSaved()
  const { data: user, error, generation, reload } = useEditing(userQuery(id))
  return (
    <>
      <PageHeader title={texts.editTitle(user?.userName ?? '…')} about={texts.about} />
      <ProblemAlert error={error} onRetry={reload} />
      {!user && !error && <Skeleton height={480} maw={860} />}
      {user && (
        <UserForm
          key={generation}
          initial={valuesOf(user)}
          onSave={async (values) => {
            const headers = { 'if-match': `"${user.version}"` }
            return saved(await api.patch<User>(`/users/${id}`, clearedValues(values), headers))
          }}
          onCancel={() => void navigate({ to: '/users/$id', params: { id } })}
          onReload={reload}
        />
      )}
    </>
  )
}

function useSaved() {
  const { form: texts } = useTexts().users
  const navigate = useNavigate()
  const refresh = useRefreshUsers()
  const queries = useQueryClient()
  return (user: User) => {
    const { id, userName } = user
    notifications.show({ message: texts.saved(userName) })
    return () => {
      queries.setQueryData(userQuery(id).queryKey, user)
      refresh()
      void navigate({ to: '/users/$id', params: { id } })
    }
  }
}

/** An empty field means no value. */
function clearedValues(values: Partial<UserValues>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === '' ? null : value]),
  )
}

type Json = Record<string, unknown>

/** Reads the form from the SCIM resource: the profile is only the result of the mapping. */
function valuesOf(user: User | undefined): UserValues {
  const resource = (user?.resource ?? {}) as Json
  const part = (holder: unknown, name: string) => text((holder as Json | undefined)?.[name])
  const enterprise = resource['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'] as
    | Json
    | undefined
  const values = {
    userName: text(resource.userName),
    email: part(primaryOf(resource.emails), 'value'),
    givenName: part(resource.name, 'givenName'),
    familyName: part(resource.name, 'familyName'),
    displayName: text(resource.displayName),
    title: text(resource.title),
    department: part(enterprise, 'department'),
    manager: part(enterprise?.manager, 'value'),
    employeeNumber: part(enterprise, 'employeeNumber'),
    phoneNumber: part(primaryOf(resource.phoneNumbers), 'value'),
  }
  return Object.fromEntries(FIELDS.map((name) => [name, values[name]])) as UserValues
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function primaryOf(elements: unknown): Json | undefined {
  const list = Array.isArray(elements) ? (elements as Json[]) : []
  return list.find(({ primary }) => primary === true) ?? list[0]
}
