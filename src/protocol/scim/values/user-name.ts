// Compares user names, and checks them in strict mode by the PRECIS profile UsernameCaseMapped, which RFC 7643 §4.1.1
// refers to. @see RFC 8265 §3.3; RFC 8264 §4.2, §8, §9
import { caseKey } from './text.ts'

/**
 * Returns the form in which user names are unique. The profile maps width and case and composes letters (NFC). This
 * form also unifies compatibility characters (`ﬁ`, `①`) and both lowercase sigmas, so it never separates names that
 * the profile treats as equal, and it rules out look-alikes of that kind.
 */
export const userNameKey = caseKey

/**
 * Matches one character of PRECIS's IdentifierClass: visible ASCII, letters, digits, marks and a few exceptions.
 * @see RFC 8264 §9.6
 */
const CHARACTER =
  /^(?:[\x21-\x7e\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}\u06fd\u06fe\u0f0b\u3007\u00b7\u0375\u05f3\u05f4\u30fb]|[\u200c\u200d])$/u
const REFUSED = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u
/**
 * Matches a joiner that doesn't follow a mark. Joiners only have a meaning after marks. @see RFC 5892, appendix A.1,
 * A.2
 */
const JOINER = /(?<!\p{M})[\u200c\u200d]/u
const WIDE_OR_NARROW = /[\u3000\uff01-\uffee]/g

/**
 * Returns the rule that a user name breaks, if any. The rules on neighboring characters and on mixed directions
 * aren't checked.
 */
export function userNameFault(userName: string): 'no-outer-spaces' | 'user-name-characters' | undefined {
  const prepared = userName
    .replace(WIDE_OR_NARROW, (character) => character.normalize('NFKC'))
    .toLowerCase()
    .normalize('NFC')
  if (prepared.startsWith(' ') || prepared.endsWith(' ')) return 'no-outer-spaces'
  const isFine = JOINER.test(prepared) === false && [...prepared].every(isIdentifying)
  return isFine ? undefined : 'user-name-characters'
}

function isIdentifying(character: string): boolean {
  if (character === ' ' || character === '\u200c' || character === '\u200d') return true
  const hasOtherForm = character.normalize('NFKC') !== character
  return CHARACTER.test(character) && !REFUSED.test(character) && !IGNORABLE.test(character) && !hasOtherForm
}
