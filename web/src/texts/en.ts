// The catalogue: every text of the portal, in English. One file for each part of the portal.
import { common } from './en/common.ts'
import { gateways } from './en/gateways.ts'
import { logs } from './en/logs.ts'
import { navigation } from './en/navigation.ts'
import { overview } from './en/overview.ts'

export const en = {
  common,
  gateways,
  logs,
  overview,
  navigation,
}
export type Texts = typeof en
