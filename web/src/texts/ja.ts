import type { Texts } from './en.ts'
import { common } from './ja/common.ts'
import { gateways } from './ja/gateways.ts'
import { logs } from './ja/logs.ts'
import { navigation } from './ja/navigation.ts'
import { overview } from './ja/overview.ts'

export const ja: Texts = {
  common,
  gateways,
  logs,
  overview,
  navigation,
}
