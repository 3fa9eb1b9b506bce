const HOST = /^([\w.-]+|\[[\da-f:.]+\])$/

/**
 * Returns scheme, host and port as browsers spell them (RFC 6454 §6.2): in lower case, in ASCII, without the port that the
 * scheme stands for, and without a dot at the end of the host. Equal texts mean the same origin.
 * @returns undefined if the text isn't an http or https URL of a host only, without path, query, user or pattern
 */
export function readOrigin(text: string): string | undefined {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  if (!url || url.href !== `${url.origin}/`) return undefined
  const hostname = url.hostname.replace(/\.$/, '')
  if (!HOST.test(hostname)) return undefined
  return `${url.protocol}//${hostname}${url.port === '' ? '' : `:${url.port}`}`
}
