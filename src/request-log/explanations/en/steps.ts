// Steps that several explanations share.
import type { Console, Subject } from '../explanation-text.ts'

export function sendAgain({ again }: Console): string {
  return `Then send it again: ${again}.`
}

/** Returns steps for a malformed message, which no attribute mapping can fix. */
export function brokenMessage({ name, endpoint }: Console): readonly string[] {
  return [
    `Check that ${name} is set to SCIM 2.0: ${endpoint}.`,
    `If it is, its SCIM client sends what SCIM 2.0 does not allow. Give the request below to the support of ${name}.`,
  ]
}

export function correctMapping({ idp }: Subject, attribute: string): readonly string[] {
  return [`Correct the mapping of ${attribute} in ${idp.name}: ${idp.mapping}.`, sendAgain(idp)]
}

/** Returns the step for a temporary failure: there is nothing to fix, because the client retries. */
export function wait({ name, again }: Console): readonly string[] {
  return [`${name} tries again by itself. To hurry: ${again}.`]
}

export function newToken({ name, credentials }: Console): readonly string[] {
  return [
    'Issue new credentials here: Identity Providers › this one › Rotate. The old ones work until you retire them.',
    `Paste the new token in ${name}: ${credentials}. Save, and test the connection there.`,
  ]
}
