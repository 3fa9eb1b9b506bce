// The catalogue: every text of the portal, in English. One file for each part of the portal.
import { common } from './en/common.ts'
import { guides } from './en/guides.ts'
import { identityProviders } from './en/identity-providers.ts'
import { navigation } from './en/navigation.ts'
import { provisioning } from './en/provisioning.ts'

export const en = {
  common,
  guides,
  identityProviders,
  navigation,
  provisioning,
}
export type Texts = typeof en
