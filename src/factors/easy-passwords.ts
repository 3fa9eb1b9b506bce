// Refuses passwords that attackers try first: common ones, and ones made of what is known about the user.
import { Invalid } from '#errors.ts'

const SERVICE = 'doorlist'
const WORD = /[\p{L}\p{N}]+/gu
/** Shorter words occur in too many passwords by chance. */
const SHORTEST_WORD = 4
/** The characters that must remain without such words. */
const FEWEST_BESIDE = 8

/** @param password normalized @param about the user's names and addresses @throws {Invalid} `password` */
export async function refuseEasyPassword(password: string, about: readonly string[]): Promise<void> {
  const text = password.toLowerCase()
  // Loaded when needed: half a megabyte, of which 18,000 passwords have at least 8 characters.
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
  // The longest first, so that a shorter word doesn't split it.
  const byLength = [...new Set(words)].sort((a, b) => b.length - a.length)
  return [...byLength.reduce((left, word) => left.replaceAll(word, ''), text)].length
}
