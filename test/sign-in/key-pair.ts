// Keys and certificates of identity providers in tests.
import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'

export interface KeyPair {
  /** PEM */
  readonly certificate: string
  readonly privateKey: string
}

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const EC = { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' }

export async function keyPair(kind: 'rsa' | 'ec' = 'rsa'): Promise<KeyPair> {
  const algorithm = kind === 'rsa' ? RSA : EC
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=an identity provider of a test',
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    keys,
    signingAlgorithm: algorithm,
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    certificate: certificate.toString('pem'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`,
  }
}
