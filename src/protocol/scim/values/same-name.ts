// Decides whether two names identify the same user: the same letters in any case. Uniqueness (userNameKey) is
// stricter and rules out look-alikes, but a look-alike isn't the same name and gives no access to the account.
import { userNameKey } from './user-name.ts'

/**
 * Returns whether two names are equal by simple case folding after canonical composition (NFC).
 * Some characters equal others only by a compatibility mapping (full-width letters, ligatures, superscripts) or by a
 * canonical mapping to a single character (the Kelvin sign). They only equal themselves and their own other case.
 * @see Unicode Standard §3.13, UAX #15
 */
export function isSameName(one: string, other: string): boolean {
  return one === other || foldedName(one) === foldedName(other)
}

/** Returns whether two names are equal by the rule of uniqueness without being the same name. */
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

/** Composes twice, because a lowercase letter can have a composed form where the uppercase one has none. */
function foldedRun(run: string): string {
  return [...run.normalize('NFC')].map(foldedCase).join('').normalize('NFC')
}

/**
 * Folds one character. Simple folding never turns one character into two. Both lowercase sigmas are the same letter.
 */
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
