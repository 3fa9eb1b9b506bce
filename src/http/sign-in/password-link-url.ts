/** Returns the address of a one-time link to a new password. The token is in the query string, which no log keeps. */
export function passwordLinkUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/sign-in/password?token=${token}`
}
