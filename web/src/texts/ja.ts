import type { Texts } from './en.ts'
import { account } from './ja/account.ts'
import { applications } from './ja/applications.ts'
import { common } from './ja/common.ts'
import { gateways } from './ja/gateways.ts'
import { groups } from './ja/groups.ts'
import { guides } from './ja/guides.ts'
import { identities } from './ja/identities.ts'
import { identityProviders } from './ja/identity-providers.ts'
import { jobs } from './ja/jobs.ts'
import { logs } from './ja/logs.ts'
import { mapping } from './ja/mapping.ts'
import { navigation } from './ja/navigation.ts'
import { overview } from './ja/overview.ts'
import { provisioning } from './ja/provisioning.ts'
import { signIn } from './ja/sign-in.ts'
import { signingKeys } from './ja/signing-keys.ts'
import { tenant } from './ja/tenant.ts'
import { tenantSettings } from './ja/tenant-settings.ts'
import { users } from './ja/users.ts'

export const ja: Texts = {
  account,
  applications,
  common,
  gateways,
  groups,
  jobs,
  logs,
  overview,
  guides,
  identities,
  identityProviders,
  mapping,
  navigation,
  provisioning,
  signIn,
  signingKeys,
  tenant,
  tenantSettings,
  users,
}
