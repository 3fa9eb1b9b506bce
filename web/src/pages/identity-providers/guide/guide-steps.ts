// A step of the catalogue is a sentence, then the values to copy at it, written {value|label on the far side}.
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

/** By its name; most people call it what it is. */
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
