// The screens of a sign-in that need the user's input: enrolling a factor, a challenge, the name of the computer. They only render
// HTML; the handlers in ../flow/ read what is posted. Start here: one screen for each step of src/sign-in/next-step.ts.
import type { Step } from '#sign-in/next-step.ts'
import type { Page } from '../../page.ts'
import { challengeScreen } from './challenge-screen.ts'
import { desktopScreen } from './desktop-screen.ts'
import { enrollScreen } from './enroll-screen.ts'
import type { ScreenContext } from './screen-context.ts'

type ScreenName = Exclude<Step['next'], 'identify' | 'deny' | 'complete' | 'await-activation'>
type Screens = { readonly [Name in ScreenName]: (context: ScreenContext<Name>) => Promise<Page> }

const SCREENS: Screens = {
  'enroll-factor': enrollScreen,
  challenge: challengeScreen,
  'personal-desktop': desktopScreen,
}

/** Renders the screen of a step that needs the user's input. */
export function screenOf(context: ScreenContext<ScreenName>): Promise<Page> {
  return (SCREENS[context.step.next] as (context: ScreenContext<ScreenName>) => Promise<Page>)(context)
}
