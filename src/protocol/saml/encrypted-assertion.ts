// Reads the parts of an EncryptedAssertion. Only AES-GCM, which detects changes (CBC reveals the plaintext through errors), and
// only RSA-OAEP. Decrypting needs the key and is done elsewhere. Pure. @see XML Encryption 1.1 §5.2.4, §5.5.2
import { childrenOf, onlyChild, requireThat, textOf } from './elements.ts'
import { DS, XENC } from './names.ts'
import type { XmlElement } from './xml-reader.ts'

export interface Encrypted {
  readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'
  /** IV, ciphertext and tag, in base64. */
  readonly data: string
  /** The same content key, perhaps for several recipients. */
  readonly keys: readonly EncryptedKey[]
}

export interface EncryptedKey {
  /** The hash of OAEP and of its mask generation function. */
  readonly hash: OaepHash
  readonly data: string
}

type OaepHash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

const XENC11 = 'http://www.w3.org/2009/xmlenc11#'
const CIPHERS = new Map<string, Encrypted['cipher']>([
  [`${XENC11}aes128-gcm`, 'aes-128-gcm'],
  [`${XENC11}aes192-gcm`, 'aes-192-gcm'],
  [`${XENC11}aes256-gcm`, 'aes-256-gcm'],
])
// OAEP doesn't depend on collision resistance, so SHA-1 is safe here; it is OAEP's default.
const HASHES = new Map<string, OaepHash>([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'sha1'],
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
  [`${XENC11}mgf1sha1`, 'sha1'],
  [`${XENC11}mgf1sha256`, 'sha256'],
  [`${XENC11}mgf1sha384`, 'sha384'],
  [`${XENC11}mgf1sha512`, 'sha512'],
])
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1'
const MGF1_SHA1 = `${XENC11}mgf1sha1`
const RECIPIENTS = 3

/** @throws {SamlError} */
export function readEncryptedAssertion(encrypted: XmlElement): Encrypted {
  const data = onlyChild(encrypted, XENC, 'EncryptedData')
  const cipher = CIPHERS.get(algorithmOf(onlyChild(data, XENC, 'EncryptionMethod')))
  requireThat(cipher !== undefined, 'the EncryptionMethod is not AES-GCM')
  const inside = childrenOf(data, DS, 'KeyInfo').flatMap((info) => childrenOf(info, XENC, 'EncryptedKey'))
  const keys = [...inside, ...childrenOf(encrypted, XENC, 'EncryptedKey')]
  requireThat(keys.length > 0 && keys.length <= RECIPIENTS, 'there is no EncryptedKey, or too many')
  return { cipher, data: cipherValueOf(data), keys: keys.map(readKey) }
}

function readKey(key: XmlElement): EncryptedKey {
  const method = onlyChild(key, XENC, 'EncryptionMethod')
  const [digest] = childrenOf(method, DS, 'DigestMethod')
  const [mask] = childrenOf(method, XENC11, 'MGF')
  const algorithm = algorithmOf(method)
  requireThat(
    algorithm === `${XENC}rsa-oaep-mgf1p` || algorithm === `${XENC11}rsa-oaep`,
    'the EncryptionMethod of the key is not RSA-OAEP',
  )
  requireThat(childrenOf(method, XENC, 'OAEPparams').length === 0, 'OAEPparams are not allowed')
  const hash = HASHES.get(digest ? algorithmOf(digest) : SHA1)
  const maskHash = HASHES.get(mask ? algorithmOf(mask) : MGF1_SHA1)
  requireThat(
    hash !== undefined && hash === maskHash,
    'OAEP and its mask generation function use different digests',
  )
  return { hash, data: cipherValueOf(key) }
}

function algorithmOf({ attributes }: XmlElement): string {
  return attributes.get('Algorithm') ?? ''
}

function cipherValueOf(element: XmlElement): string {
  return textOf(onlyChild(onlyChild(element, XENC, 'CipherData'), XENC, 'CipherValue'))
}
