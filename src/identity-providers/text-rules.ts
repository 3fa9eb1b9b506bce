// Rules for text that an administrator enters.
import { Invalid } from '#errors.ts'

/** Returns the text unchanged. @throws {Invalid} it is empty, too long, or contains invisible characters */
export function demandText(field: string, text: string, characters: number): string {
  if (text.trim() === '') throw new Invalid(field, 'must not be empty')
  if (text.length > characters) throw new Invalid(field, `must have at most ${characters} characters`)
  if (/[\s\p{C}]/u.test(text)) throw new Invalid(field, 'must hold no spaces or control characters')
  return text
}

/** Returns the URL unchanged. @throws {Invalid} */
export function demandHttpsUrl(
  field: string,
  text: string,
  plainHttp: (url: URL) => boolean = () => false,
): string {
  const url = URL.parse(demandText(field, text, 2_048))
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && plainHttp(url))
  if (!url || !secure) throw new Invalid(field, 'must be an https:// URL')
  if (url.username || url.password) throw new Invalid(field, 'must hold no user name and no password')
  return text
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
