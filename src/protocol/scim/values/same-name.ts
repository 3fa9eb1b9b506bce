// Whether two names identify the same user: the same letters, in any case. Uniqueness (userNameKey) is stricter, so that a
// look-alike can't exist beside a name; but a look-alike of a name is not that name, and gives no access to its account.
import { userNameKey } from './user-name.ts'

/**
 * Compares by simple case folding after canonical composition (NFC).
 * Characters that are equal to others by a compatibility mapping only (full-width letters, ligatures, superscripts), or by
 * a canonical mapping to one other character (the Kelvin sign), are equal to nothing but themselves and their own other case.
 * @see Unicode Standard §3.13, UAX #15
 */
export function isSameName(one: string, other: string): boolean {
  return one === other || foldedName(one) === foldedName(other)
}

/** Whether two names are equal by the stricter rule of uniqueness alone. */
export function isLookAlike(one: string, other: string): boolean {
  return userNameKey(one) === userNameKey(other) && !isSameName(one, other)
}

function foldedName(name: string): string {
  let folded = ''
  let run = ''
  for (const character of name) {
    if (!isVariant(character)) {
      run += character
      continue
    }
    folded += foldedRun(run) + foldedVariant(character)
    run = ''
  }
  return folded + foldedRun(run)
}

/** Composed twice: a small letter may have a composed form where the capital has none. */
function foldedRun(run: string): string {
  return [...run.normalize('NFC')].map(foldedCase).join('').normalize('NFC')
}

/** Simple folding never makes two characters of one. Both small sigmas are the same letter. */
function foldedCase(character: string): string {
  const small = character.toLowerCase()
  if (small === 'ς') return 'σ'
  return [...small].length === 1 ? small : character
}

function foldedVariant(character: string): string {
  const small = foldedCase(character)
  return isVariant(small) ? small : character
}

function isVariant(character: string): boolean {
  if (character <= '\u007f') return false
  const composed = character.normalize('NFC')
  const isReplaced = composed !== character && [...composed].length === 1
  return isReplaced || character.normalize('NFKC') !== composed
}
