import { DS, HTTP_POST, HTTP_REDIRECT, METADATA, PROTOCOL } from './names.ts'
import { attribute, escapeXml } from './xml-writer.ts'

export interface SpDescription {
  readonly entityId: string
  readonly acsUrl: string
  readonly logoutUrl: string
  /** Base64 of DER. All are valid: one signs, and any can be encrypted to. */
  readonly certificates: readonly string[]
  readonly signsRequests: boolean
  readonly nameIdFormat: string | undefined
}

/** Writes our metadata as a service provider. @see SAML 2.0 Metadata §2.4.4 */
export function spMetadata(sp: SpDescription): string {
  const keys = ['signing', 'encryption'].flatMap((use) =>
    sp.certificates.map((one) => keyDescriptor(use, one)),
  )
  const format =
    sp.nameIdFormat === undefined ? '' : `\n    <NameIDFormat>${escapeXml(sp.nameIdFormat)}</NameIDFormat>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="${METADATA}"${attribute('entityID', sp.entityId)}>
  <SPSSODescriptor AuthnRequestsSigned="${sp.signsRequests}" WantAssertionsSigned="true" protocolSupportEnumeration="${PROTOCOL}">
${keys.join('\n')}
    <SingleLogoutService Binding="${HTTP_REDIRECT}"${attribute('Location', sp.logoutUrl)}/>
    <SingleLogoutService Binding="${HTTP_POST}"${attribute('Location', sp.logoutUrl)}/>${format}
    <AssertionConsumerService index="0" isDefault="true" Binding="${HTTP_POST}"${attribute('Location', sp.acsUrl)}/>
  </SPSSODescriptor>
</EntityDescriptor>
`
}

/** Algorithms that we can decrypt, the preferred first. */
const ENCRYPTION = [
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
]

function keyDescriptor(use: string, certificate: string): string {
  const methods =
    use === 'encryption' ? ENCRYPTION.map((one) => `<EncryptionMethod Algorithm="${one}"/>`).join('') : ''
  return `    <KeyDescriptor use="${use}"><KeyInfo xmlns="${DS}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo>${methods}</KeyDescriptor>`
}
