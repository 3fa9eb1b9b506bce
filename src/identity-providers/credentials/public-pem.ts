// Converts public keys in PEM, as OpenSSL writes them, to JSON Web Keys. Pure.
import { createPublicKey } from 'node:crypto'
import { Invalid } from '#errors.ts'

const PUBLIC = ['PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE']
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g

export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}

/**
 * Returns the key of each block, or of each certificate.
 * @throws {Invalid} `keys` or `keys[n]` @see RFC 7468 §5, §13
 */
export function readPublicPem(text: string): object[] {
  const blocks = [...text.matchAll(BLOCK)]
  if (blocks.length === 0) throw new Invalid('keys', 'must hold whole PEM blocks, from BEGIN to END')
  return blocks.map(([block, label = ''], i) => {
    const refuse = (rule: string) => new Invalid(`keys[${i}]`, rule)
    if (label.includes('PRIVATE'))
      throw refuse('must not hold the private key; give the public key alone (openssl pkey -pubout)')
    if (!PUBLIC.includes(label)) throw refuse(`must be a PUBLIC KEY or a CERTIFICATE, not a ${label}`)
    try {
      return createPublicKey(block).export({ format: 'jwk' })
    } catch {
      throw refuse(`cannot be read as a ${label}`)
    }
  })
}
