// The languages of the pages and emails, and which of them a reader prefers.

export const LANGUAGES = ['en', 'ja'] as const
export type Language = (typeof LANGUAGES)[number]

const HEADER_CHARACTERS = 500

/** Returns the preferred language; English if none is supported. @param accepted an Accept-Language header @see RFC 9110 §12.5.4 */
export function languageOf(accepted: string | undefined): Language {
  const wishes = (accepted ?? '')
    .slice(0, HEADER_CHARACTERS)
    .split(',')
    .map((wish) => {
      const [tag = '', ...parameters] = wish
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)
      return { language: LANGUAGES.find((one) => tag === one || tag.startsWith(`${one}-`)), quality }
    })
    .filter(({ language, quality }) => language !== undefined && quality > 0)
  return wishes.toSorted((a, b) => b.quality - a.quality)[0]?.language ?? 'en'
}
