import type { Texts } from './en.ts'
import { account } from './ja/account.ts'
import { common } from './ja/common.ts'
import { gateways } from './ja/gateways.ts'
import { guides } from './ja/guides.ts'
import { identityProviders } from './ja/identity-providers.ts'
import { logs } from './ja/logs.ts'
import { navigation } from './ja/navigation.ts'
import { overview } from './ja/overview.ts'
import { provisioning } from './ja/provisioning.ts'
import { signIn } from './ja/sign-in.ts'
import { tenant } from './ja/tenant.ts'

export const ja: Texts = {
  account,
  common,
  gateways,
  logs,
  overview,
  guides,
  identityProviders,
  navigation,
  provisioning,
  signIn,
  tenant,
}
