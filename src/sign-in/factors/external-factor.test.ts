import { expect, test } from 'vitest'
import { meetsMfaDemand } from './external-factor.ts'

const SAID = { issuer: 'i', subject: 's', attributes: {} }

test.each([
  ['nothing is demanded', {}, {}, true],
  ['an empty list demands nothing', { amr: [] }, {}, true],
  ['one of the methods was used', { amr: ['mfa', 'hwk'] }, { amr: ['pwd', 'mfa'] }, true],
  ['none was', { amr: ['mfa'] }, { amr: ['pwd'] }, false],
  ['nothing was said', { amr: ['mfa'] }, {}, false],
  ['each list counts', { amr: ['mfa'], acr: ['high'] }, { amr: ['mfa'], acr: 'low' }, false],
  ['both are met', { amr: ['mfa'], acr: ['high'] }, { amr: ['mfa'], acr: 'high' }, true],
  ['an authentication context', { authnContext: ['urn:x'] }, { authnContext: 'urn:x' }, true],
  ['another one', { authnContext: ['urn:x'] }, { authnContext: 'urn:y' }, false],
])('%s', (_, demand, said, isMet) => {
  expect(meetsMfaDemand(demand, { ...SAID, ...said })).toBe(isMet)
})
