// The catalogue: every text of the portal, in English. One file for each part of the portal.
import { account } from './en/account.ts'
import { applications } from './en/applications.ts'
import { common } from './en/common.ts'
import { gateways } from './en/gateways.ts'
import { groups } from './en/groups.ts'
import { guides } from './en/guides.ts'
import { identities } from './en/identities.ts'
import { identityProviders } from './en/identity-providers.ts'
import { jobs } from './en/jobs.ts'
import { logs } from './en/logs.ts'
import { mapping } from './en/mapping.ts'
import { navigation } from './en/navigation.ts'
import { overview } from './en/overview.ts'
import { provisioning } from './en/provisioning.ts'
import { signIn } from './en/sign-in.ts'
import { signingKeys } from './en/signing-keys.ts'
import { tenant } from './en/tenant.ts'
import { tenantSettings } from './en/tenant-settings.ts'
import { users } from './en/users.ts'

export const en = {
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
export type Texts = typeof en
