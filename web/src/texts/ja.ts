import type { Texts } from './en.ts'
import { account } from './ja/account.ts'
import { common } from './ja/common.ts'
import { navigation } from './ja/navigation.ts'
import { provisioning } from './ja/provisioning.ts'
import { signIn } from './ja/sign-in.ts'
import { tenant } from './ja/tenant.ts'

export const ja: Texts = {
  account,
  common,
  navigation,
  provisioning,
  signIn,
  tenant,
}
