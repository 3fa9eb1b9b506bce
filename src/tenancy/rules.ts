// Rules for names and email addresses that users and administrators enter.
import { Invalid } from '#errors.ts'

const NAME_CHARACTERS = 200
const EMAIL_CHARACTERS = 254 // the longest address that SMTP can deliver to, RFC 5321 §4.5.3.1.3

/** Returns the name of a person or an organization in its stored form. @throws {Invalid} `name` */
export function readPlainName(text: string): string {
  const name = text.trim().normalize('NFC')
  if (name === '') throw new Invalid('name', 'must not be empty')
  if (name.length > NAME_CHARACTERS)
    throw new Invalid('name', `must have at most ${NAME_CHARACTERS} characters`)
  if (/\p{C}/u.test(name)) throw new Invalid('name', 'must hold no control characters')
  return name
}

/**
 * Returns an email address in its stored form. Checks only its form: only sending an email shows whether it exists.
 * @throws {Invalid} `email`
 */
export function readEmail(text: string): string {
  const email = text.trim().normalize('NFC')
  if (email.length > EMAIL_CHARACTERS || !/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u.test(email)) {
    throw new Invalid('email', 'must be an email address, such as ada@example.com')
  }
  return email
}

/** Returns the key by which two spellings of one address are equal. */
export function emailKey(email: string): string {
  return email.normalize('NFKC').toLowerCase()
}
