import { constants, type KeyObject, sign, verify, X509Certificate } from 'node:crypto'
import type { SignatureMethod } from '#protocol/saml/names.ts'

/**
 * Returns whether the key of one of the certificates made this signature. There are several while an identity provider changes
 * its key. Their dates don't count: an administrator adds and removes them.
 */
export function isSignedBy(
  certificates: readonly string[],
  method: SignatureMethod,
  signed: Buffer,
  value: Buffer,
): boolean {
  return certificates.some((pem) => {
    const { publicKey } = new X509Certificate(pem)
    return (
      isKeyFor(publicKey, method) &&
      verify(method.hash, signed, { key: publicKey, ...paddingOf(method) }, value)
    )
  })
}

/** Signs with RSA and SHA-256. @param privateKey PEM */
export function signatureValue(privateKey: string, signed: string): Buffer {
  return sign('sha256', Buffer.from(signed), privateKey)
}

function isKeyFor({ asymmetricKeyType }: KeyObject, { key }: SignatureMethod): boolean {
  return (
    asymmetricKeyType === (key === 'ec' ? 'ec' : 'rsa') || (key === 'rsa-pss' && asymmetricKeyType === key)
  )
}

function paddingOf({ key }: SignatureMethod) {
  if (key === 'ec') return { dsaEncoding: 'ieee-p1363' } as const // r and s concatenated: XML Signature §6.4.3
  if (key === 'rsa') return { padding: constants.RSA_PKCS1_PADDING }
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}
