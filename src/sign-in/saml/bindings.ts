// How SAML messages are sent: deflated in a redirect's query with a separate signature, or in a form field with an enveloped
// one. @see SAML 2.0 Bindings §3.4, §3.5
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { requireThat, SamlError } from '#protocol/saml/elements.ts'
import { RSA_SHA256, signatureMethodOf } from '#protocol/saml/names.ts'
import { isSignedBy, signatureValue } from './signature-value.ts'

export type MessageField = 'SAMLRequest' | 'SAMLResponse'

const BYTES = 262_144
const BASE64_CHARACTERS = Math.ceil(BYTES / 3) * 4

/** Decodes a message from a form field. @returns the XML, not yet checked @throws {SamlError} */
export function readPosted(field: unknown): string {
  requireThat(typeof field === 'string', 'the message is missing or repeated')
  requireThat(field.length <= BASE64_CHARACTERS * 1.1, 'the message is too large') // base64 may contain line ends
  return textOf(bytesOf(field))
}

/**
 * Decodes a message from a redirect and verifies its signature, which covers the parameters as they were encoded.
 * @param query unchanged, without the question mark
 * @returns the XML, signed with the key of one of the certificates @throws {SamlError}
 */
export function readSignedRedirect(
  query: string,
  field: MessageField,
  certificates: readonly string[],
): string {
  const letters = rawParameters(query)
  const message = letters.get(field)
  const algorithm = letters.get('SigAlg')
  const signature = letters.get('Signature')
  requireThat(
    message !== undefined && algorithm !== undefined && signature !== undefined,
    'the message is not signed',
  )
  const method = signatureMethodOf(unescaped(algorithm))
  requireThat(method !== undefined, 'the SigAlg is not allowed (RSA or ECDSA, SHA-256 and up)')
  const signed = [field, 'RelayState', 'SigAlg'].flatMap((name) => {
    const value = letters.get(name)
    return value === undefined ? [] : [`${name}=${value}`]
  })
  const value = bytesOf(unescaped(signature))
  requireThat(
    isSignedBy(certificates, method, Buffer.from(signed.join('&')), value),
    'the signature does not verify with a certificate of this identity provider',
  )
  return textOf(inflated(bytesOf(unescaped(message))))
}

/** Returns the address that sends our message to an identity provider. @param privateKey PEM; undefined: not signed */
export function redirectUrl(
  location: string,
  field: MessageField,
  xml: string,
  {
    privateKey,
    relayState,
  }: { readonly privateKey?: string | undefined; readonly relayState?: string | undefined },
): string {
  const parts = [`${field}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`]
  if (relayState !== undefined) parts.push(`RelayState=${encodeURIComponent(relayState)}`)
  if (privateKey !== undefined) {
    parts.push(`SigAlg=${encodeURIComponent(RSA_SHA256)}`)
    const value = signatureValue(privateKey, parts.join('&')).toString('base64')
    parts.push(`Signature=${encodeURIComponent(value)}`)
  }
  return location + (location.includes('?') ? '&' : '?') + parts.join('&')
}

/** Returns the parameters without decoding them. @throws {SamlError} one is repeated */
function rawParameters(query: string): Map<string, string> {
  const letters = new Map<string, string>()
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    const name = at < 0 ? pair : pair.slice(0, at)
    requireThat(!letters.has(name), 'a parameter is repeated')
    letters.set(name, at < 0 ? '' : pair.slice(at + 1))
  }
  return letters
}

function unescaped(letters: string): string {
  try {
    return decodeURIComponent(letters.replaceAll('+', '%20'))
  } catch {
    throw new SamlError('a parameter is malformed')
  }
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: BYTES })
  } catch {
    throw new SamlError('the message does not inflate, or is too large')
  }
}

function bytesOf(base64: string): Buffer {
  const packed = base64.replace(/[\r\n\t ]+/g, '')
  requireThat(/^[A-Za-z0-9+/]+={0,2}$/.test(packed), 'the message is not in base64')
  const bytes = Buffer.from(packed, 'base64')
  requireThat(bytes.length <= BYTES, 'the message is too large')
  return bytes
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SamlError('the message is not in UTF-8')
  }
}
