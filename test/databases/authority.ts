// A certificate authority of a test, and what it signs.
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' }
const DAY_MILLISECONDS = 86_400_000

export interface Signed {
  /** PEM */
  readonly certificate: string
  readonly key: string
}

export interface Authority {
  /** PEM */
  readonly certificate: string
  /** @param hosts names that the certificate is valid for; none for a client's */
  sign(commonName: string, hosts?: readonly string[]): Promise<Signed>
}

export async function makeAuthority(): Promise<Authority> {
  const keys = await newKeys()
  const root = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=authority of a test',
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return {
    certificate: root.toString('pem'),
    sign: (commonName, hosts = []) => sign(root, keys.privateKey, commonName, hosts),
  }
}

async function sign(
  root: X509Certificate,
  signingKey: CryptoKey,
  commonName: string,
  hosts: readonly string[],
) {
  const keys = await newKeys()
  const names = hosts.map((value) => ({ type: 'dns' as const, value }))
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    subject: `CN=${commonName}`,
    issuer: root.subject,
    publicKey: keys.publicKey,
    signingKey,
    extensions: names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : [],
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const lines = pkcs8.match(/.{1,64}/g)?.join('\n')
  return {
    certificate: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  }
}

async function newKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
}

function validity() {
  return {
    serialNumber: crypto.getRandomValues(Buffer.alloc(8)).toString('hex').replace(/^./, '1'),
    notBefore: new Date(Date.now() - DAY_MILLISECONDS),
    notAfter: new Date(Date.now() + DAY_MILLISECONDS),
    signingAlgorithm: ALGORITHM,
  }
}
