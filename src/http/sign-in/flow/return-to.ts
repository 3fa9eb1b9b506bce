/** The gateway's address, which sends the browser on to an application. */
const ENTRY = '/sign-in/application?'

export function leadsToApplication(returnTo: string): boolean {
  return returnTo.startsWith(ENTRY)
}

/**
 * Returns where the user goes after signing in: one of our own paths. Anything else becomes the home page. Applications are
 * reached through the gateway's path, which checks their address itself.
 */
export function readReturnTo(text: unknown): string {
  if (typeof text !== 'string' || text.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return '/'
  const base = 'http://door.invalid'
  return URL.canParse(text, base) && new URL(text, base).origin === base ? text : '/'
}
