import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { en, type Texts } from './en.ts'

export type Locale = 'en' | 'ja'

const KEY = 'doorlist-locale'

interface Language {
  readonly locale: Locale
  readonly texts: Texts
  choose(locale: Locale): void
}

const LanguageContext = createContext<Language>({ locale: 'en', texts: en, choose: () => {} })

/** English is at hand at once; other languages are fetched when they are wanted. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [locale, setLocale] = useState<Locale>(() => shown(wanted()))
  const [texts, setTexts] = useState<Texts | undefined>(() => (wanted() === 'en' ? en : undefined))
  useEffect(() => {
    if (locale === 'en') return setTexts(en)
    void import('./ja.ts').then(({ ja }) => setTexts(ja))
  }, [locale])
  const choose = (next: Locale) => {
    localStorage.setItem(KEY, next)
    setLocale(shown(next))
  }
  if (!texts) return null
  return <LanguageContext.Provider value={{ locale, texts, choose }}>{children}</LanguageContext.Provider>
}

/** Before the pages are drawn: what they ask of the API comes in this language. */
function shown(locale: Locale): Locale {
  document.documentElement.lang = locale
  return locale
}

function wanted(): Locale {
  const kept = localStorage.getItem(KEY)
  if (kept === 'en' || kept === 'ja') return kept
  return navigator.language.startsWith('ja') ? 'ja' : 'en'
}

export function useTexts(): Texts {
  return useContext(LanguageContext).texts
}

export function useLanguage(): Language {
  return useContext(LanguageContext)
}
