import type { Texts } from './en.ts'
import { common } from './ja/common.ts'
import { navigation } from './ja/navigation.ts'

export const ja: Texts = {
  common,
  navigation,
}
