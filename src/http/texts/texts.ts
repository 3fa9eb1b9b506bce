// The texts of the plain pages (sign-in, account, gateway, errors), in English and Japanese. The pages themselves are in
// src/http/sign-in/. Start with en.ts: it defines the catalog's shape, and ja.ts must have every text of it.
import type { Language } from '#platform/language.ts'
import { en, type Texts } from './en.ts'
import { ja } from './ja.ts'

export const TEXTS: Readonly<Record<Language, Texts>> = { en: { ...en, language: 'en' }, ja }
