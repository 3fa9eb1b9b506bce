import type { Language } from '#platform/language.ts'
import { en, type Texts } from './en.ts'
import { ja } from './ja.ts'

export const TEXTS: Readonly<Record<Language, Texts>> = { en: { ...en, language: 'en' }, ja }
