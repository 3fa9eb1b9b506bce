// A command names a user by id, or by userName if only one identity provider has it.
import { showUser } from '#directory/administration/portal-users.ts'
import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantContext } from '../service/context.ts'

export const USER = '<user>'
export const USER_HELP = 'id or userName of the user'

export async function findUser(context: TenantContext, idOrUserName: string, idp: string | undefined) {
  return showUser(context.db, context.tenantId, idOrUserName, await idpId(context, idp))
}

export async function idpId(
  { db, tenantId }: TenantContext,
  idOrName: string | undefined,
): Promise<string | undefined> {
  return idOrName === undefined ? undefined : (await findIdentityProvider(db, tenantId, idOrName)).id
}
