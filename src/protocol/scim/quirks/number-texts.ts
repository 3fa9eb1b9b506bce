// Sent:    {"urn:…:Access": {"level": "3", "score": "1.5", "levels": ["1", "2"]}}
//          (connectors that know only text)
// Breaks:  RFC 7643 §2.3.3 and §2.3.4: integers and decimals are JSON numbers.
// Becomes: the number, if it is written exactly as JSON would write it. Other texts stay and are refused when read.
import { numberIn } from '../values/number-text.ts'
import type { ValueQuirk } from './quirk.ts'

export const numberTexts: ValueQuirk = {
  name: 'number-texts',
  rewrite(value, attribute) {
    if (typeof value !== 'string' || attribute.multiValued) return value
    return numberIn(value.trim(), attribute) ?? value
  },
}
