/** The gateway's, from which the browser is sent to an application of another origin. */
const ENTRY = '/sign-in/application?'

export function leadsToApplication(returnTo: string): boolean {
  return returnTo.startsWith(ENTRY)
}

/**
 * Where a user may be sent after signing in: a path of ours. Anything else, however it is spelled, leads home.
 * Applications that the gateway guards come by their own address, which the gateway has checked (http/gateway).
 */
export function readReturnTo(text: unknown): string {
  if (typeof text !== 'string' || text.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return '/'
  const base = 'http://door.invalid'
  return URL.canParse(text, base) && new URL(text, base).origin === base ? text : '/'
}
