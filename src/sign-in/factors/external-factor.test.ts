import { expect, test } from 'vitest'
import { meetsMfaDemand } from './external-factor.ts'

const SAID = { issuer: 'i', subject: 's', attributes: {} }

test.each([
  ['nothing is demanded', {}, {}, true],
  ['an empty list demands nothing', { amr: [] }, {}, true],
  ['one of the methods was used', { amr: ['mfa', 'hwk'] }, { amr: ['pwd', 'mfa'] }, true],
  ['none of the methods was used', { amr: ['mfa'] }, { amr: ['pwd'] }, false],
  ['the assertion has no methods', { amr: ['mfa'] }, {}, false],
  ['one of two lists is not met', { amr: ['mfa'], acr: ['high'] }, { amr: ['mfa'], acr: 'low' }, false],
  ['both lists are met', { amr: ['mfa'], acr: ['high'] }, { amr: ['mfa'], acr: 'high' }, true],
  ['the authentication context matches', { authnContext: ['urn:x'] }, { authnContext: 'urn:x' }, true],
  ['the authentication context differs', { authnContext: ['urn:x'] }, { authnContext: 'urn:y' }, false],
])('%s', (_, demand, said, isMet) => {
  expect(meetsMfaDemand(demand, { ...SAID, ...said })).toBe(isMet)
})
