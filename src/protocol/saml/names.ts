// URIs of SAML 2.0, XML Signature and XML Encryption. @see SAML 2.0 Core §8, Bindings §3
export const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
export const DS = 'http://www.w3.org/2000/09/xmldsig#'
export const XENC = 'http://www.w3.org/2001/04/xmlenc#'

export const HTTP_POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
export const HTTP_REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

export const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
export const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
export const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
export const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'

export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'

/** Accepted signature algorithms: neither SHA-1 nor shared secrets. */
export const SIGNATURE_METHODS = {
  [`${MORE}rsa-sha256`]: { key: 'rsa', hash: 'sha256' },
  [`${MORE}rsa-sha384`]: { key: 'rsa', hash: 'sha384' },
  [`${MORE}rsa-sha512`]: { key: 'rsa', hash: 'sha512' },
  [`${MORE_2007}sha256-rsa-MGF1`]: { key: 'rsa-pss', hash: 'sha256' },
  [`${MORE_2007}sha384-rsa-MGF1`]: { key: 'rsa-pss', hash: 'sha384' },
  [`${MORE_2007}sha512-rsa-MGF1`]: { key: 'rsa-pss', hash: 'sha512' },
  [`${MORE}ecdsa-sha256`]: { key: 'ec', hash: 'sha256' },
  [`${MORE}ecdsa-sha384`]: { key: 'ec', hash: 'sha384' },
  [`${MORE}ecdsa-sha512`]: { key: 'ec', hash: 'sha512' },
} as const satisfies Record<string, SignatureMethod>

export interface SignatureMethod {
  readonly key: 'rsa' | 'rsa-pss' | 'ec'
  readonly hash: 'sha256' | 'sha384' | 'sha512'
}

/** The algorithms that we sign with. */
export const RSA_SHA256 = `${MORE}rsa-sha256`
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

export const DIGEST_METHODS = {
  [SHA256]: 'sha256',
  [`${MORE}sha384`]: 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
} as const

export function signatureMethodOf(uri: string | undefined): SignatureMethod | undefined {
  return uri !== undefined && Object.hasOwn(SIGNATURE_METHODS, uri)
    ? SIGNATURE_METHODS[uri as keyof typeof SIGNATURE_METHODS]
    : undefined
}
