import type { Step } from '#sign-in/next-step.ts'
import type { Page } from '../../page.ts'
import { challengeScreen } from './challenge-screen.ts'
import { enrolScreen } from './enrol-screen.ts'
import { desktopScreen } from './personal-desktop.ts'
import type { Scene } from './scene.ts'

type ScreenName = Exclude<Step['next'], 'identify' | 'deny' | 'complete' | 'await-activation'>
type Screens = { readonly [Name in ScreenName]: (scene: Scene<Name>) => Promise<Page> }

const SCREENS: Screens = {
  'enrol-factor': enrolScreen,
  challenge: challengeScreen,
  'personal-desktop': desktopScreen,
}

/** One page for each step that asks the person for something. */
export function screenOf(scene: Scene<ScreenName>): Promise<Page> {
  return (SCREENS[scene.step.next] as (scene: Scene<ScreenName>) => Promise<Page>)(scene)
}
