// How user names are compared, and which of them strict mode takes: the profile UsernameCaseMapped of PRECIS, which
// RFC 7643 §4.1.1 refers to. @see RFC 8265 §3.3; RFC 8264 §4.2, §8, §9
import { caseKey } from './text.ts'

/**
 * The form in which user names are unique. The profile maps width and case and composes letters (NFC); here letters that
 * stand for the same ones (`ﬁ`, `①`) and both small sigmas are one too, so that two names that the profile takes for the
 * same are the same here, and no name can stand beside a look-alike of that kind.
 */
export const userNameKey = caseKey

/** What the class of identifiers has: ASCII that is seen, letters, digits, marks, and a few by name (RFC 8264 §9.6). */
const CHARACTER =
  /^(?:[\x21-\x7e\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}\u06fd\u06fe\u0f0b\u3007\u00b7\u0375\u05f3\u05f4\u30fb]|[\u200c\u200d])$/u
const REFUSED = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u
/** Joiners have a meaning after a mark alone. @see RFC 5892, appendix A.1, A.2 */
const JOINER = /(?<!\p{M})[\u200c\u200d]/u
const WIDE_OR_NARROW = /[\u3000\uff01-\uffee]/g

/**
 * The rule that a user name breaks. Which of its neighbours a character may stand beside, and that a name is written in
 * one direction, is not judged.
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
