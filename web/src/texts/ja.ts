import type { Texts } from './en.ts'
import { common } from './ja/common.ts'
import { guides } from './ja/guides.ts'
import { identityProviders } from './ja/identity-providers.ts'
import { navigation } from './ja/navigation.ts'
import { provisioning } from './ja/provisioning.ts'

export const ja: Texts = {
  common,
  guides,
  identityProviders,
  navigation,
  provisioning,
}
