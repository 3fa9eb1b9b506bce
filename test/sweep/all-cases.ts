import type { Cases } from './case.ts'
import type { Fixture } from './fixture.ts'
import { machineCases } from './machines.ts'
import { accountCases } from './portal-accounts.ts'
import { directoryCases } from './portal-directory.ts'
import { settingsCases } from './portal-settings.ts'
import { scimCases } from './scim.ts'
import { signInCases } from './sign-in.ts'

/** A valid request, or several, of every route. */
export function allCases(at: Fixture): Cases {
  return {
    ...accountCases(at),
    ...directoryCases(at),
    ...settingsCases(at),
    ...signInCases(at),
    ...machineCases(at),
    ...scimCases(at),
  }
}
