// The catalogue: every text of the portal, in English. One file for each part of the portal.
import { account } from './en/account.ts'
import { common } from './en/common.ts'
import { navigation } from './en/navigation.ts'
import { provisioning } from './en/provisioning.ts'
import { signIn } from './en/sign-in.ts'
import { tenant } from './en/tenant.ts'

export const en = {
  account,
  common,
  navigation,
  provisioning,
  signIn,
  tenant,
}
export type Texts = typeof en
