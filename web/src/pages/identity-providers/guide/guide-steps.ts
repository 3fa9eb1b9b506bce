// A guide step is a sentence followed by the values to copy, written {value|label in the IdP's console}.
export const GUIDES = ['entra', 'okta', 'onelogin', 'jumpcloud', 'ping', 'google', 'generic'] as const
export type Guide = (typeof GUIDES)[number]

export interface Step {
  readonly text: string
  readonly values: readonly { readonly name: string; readonly label: string }[]
}

export function stepOf(written: string): Step {
  const values = [...written.matchAll(/\{(\w+)\|([^}]*)\}/g)].map(([, name = '', label = '']) => ({
    name,
    label,
  }))
  return { text: written.replace(/\{\w+\|[^}]*\}/g, ''), values }
}

/** Guesses the IdP kind from its name. */
export function guideFor(name: string): Guide {
  const words: [Guide, RegExp][] = [
    ['entra', /entra|azure|microsoft/i],
    ['okta', /okta/i],
    ['onelogin', /one ?login/i],
    ['jumpcloud', /jump ?cloud/i],
    ['ping', /ping/i],
    ['google', /google|workspace/i],
  ]
  return words.find(([, pattern]) => pattern.test(name))?.[0] ?? 'generic'
}
