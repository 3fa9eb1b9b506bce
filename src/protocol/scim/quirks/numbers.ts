// Sent:    {"externalId": 4711}, {"emails": [{"value": "a@b.c", "primary": 1}]}, {"active": 0}, {"active": "1"}
//          (templates and scripts that fill in numbers)
// Breaks:  RFC 7643 §2.3.1 and §2.3.2: a string is text, and a boolean is true or false.
// Becomes: the text of an integer that JavaScript can represent exactly, and the boolean for 0 and 1. Other numbers
//          stay and are refused when read, because 1.10 and 1e20 would turn into different texts.
import type { ValueQuirk } from './quirk.ts'

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [0, false],
  ['0', false],
  [1, true],
  ['1', true],
])

export const numbers: ValueQuirk = {
  name: 'numbers',
  isHabit: true,
  rewrite(value, attribute) {
    if (attribute.multiValued) return value
    if (attribute.type === 'boolean') return BOOLEANS.get(value) ?? value
    return attribute.type === 'string' && Number.isSafeInteger(value) ? String(value) : value
  },
}
