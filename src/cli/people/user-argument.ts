// A command names a user by id, or by userName if only one identity provider has it.
import { showUser } from '#directory/administration/portal-users.ts'
import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantHouse } from '../service/house.ts'

export const USER = '<user>'
export const USER_HELP = 'id or userName of the user'

export async function findUser(house: TenantHouse, idOrUserName: string, idp: string | undefined) {
  return showUser(house.db, house.tenantId, idOrUserName, await idpId(house, idp))
}

export async function idpId(
  { db, tenantId }: TenantHouse,
  idOrName: string | undefined,
): Promise<string | undefined> {
  return idOrName === undefined ? undefined : (await findIdentityProvider(db, tenantId, idOrName)).id
}
