// The catalogue: every text of the portal, in English. One file for each part of the portal.
import { common } from './en/common.ts'
import { navigation } from './en/navigation.ts'

export const en = {
  common,
  navigation,
}
export type Texts = typeof en
