// Passwords that are guessed first: those that many users use, and those made of what is known about their holder.
import { Invalid } from '#errors.ts'

const SERVICE = 'doorlist'
const WORD = /[\p{L}\p{N}]+/gu
/** Shorter words are in too many passwords by chance. */
const SHORTEST_WORD = 4
/** How many characters have to be left beside such words. */
const FEWEST_BESIDE = 8

/**
 * @param password as it is hashed
 * @param about names and addresses of its holder
 * @throws {Invalid} `password`
 */
export async function refuseEasyPassword(password: string, about: readonly string[]): Promise<void> {
  const text = password.toLowerCase()
  // Half a megabyte, most used first, of which 18,000 have at least 8 characters.
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  if (dictionary['passwords-common'].includes(text))
    throw new Invalid('password', 'is one of the most used passwords, which attackers try first')
  if (unknownCharacters(text, [SERVICE, ...about]) < FEWEST_BESIDE)
    throw new Invalid('password', 'is mostly your name, your address or the name of this service')
}

function unknownCharacters(text: string, known: readonly string[]): number {
  const texts = known.map((one) => one.normalize('NFKC').toLowerCase())
  const words = texts
    .flatMap((one) => [one, ...(one.match(WORD) ?? [])])
    .filter((one) => one.length >= SHORTEST_WORD)
  // The longest first, so that none is cut in two by a shorter one.
  const byLength = [...new Set(words)].sort((a, b) => b.length - a.length)
  return [...byLength.reduce((left, word) => left.replaceAll(word, ''), text)].length
}
