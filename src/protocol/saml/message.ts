import { ASSERTION, PROTOCOL } from './names.ts'
import { attribute, escapeXml } from './xml-writer.ts'

/** What all our messages contain. @see SAML 2.0 Core §3.2 */
export interface Message {
  readonly id: string
  readonly issuedAt: Date
  readonly destination: string
  /** Our entityID. */
  readonly entityId: string
}

/** Writes a message. @param content XML after the Issuer */
export function messageText(
  name: string,
  { id, issuedAt, destination, entityId }: Message,
  more: Readonly<Record<string, string>>,
  content: string,
): string {
  const said = {
    ID: id,
    Version: '2.0',
    IssueInstant: issuedAt.toISOString(),
    Destination: destination,
    ...more,
  }
  const attributes = Object.entries(said).map(([key, value]) => attribute(key, value))
  const start = `samlp:${name} xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}"${attributes.join('')}`
  return `<${start}><saml:Issuer>${escapeXml(entityId)}</saml:Issuer>${content}</samlp:${name}>`
}
