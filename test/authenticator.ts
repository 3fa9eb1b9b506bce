// A passkey authenticator in software: makes and answers WebAuthn ceremonies as a browser with a fingerprint reader would.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Authenticator {
  readonly credentialId: string
  /** Answers the options for `navigator.credentials.create`. */
  create(options: { challenge: string }): object
  /** Answers the options for `navigator.credentials.get`. */
  get(options: { challenge: string }, wish?: { origin?: string; verified?: boolean }): object
}

const PRESENT_VERIFIED = 0x05
const PRESENT = 0x01
const ATTESTED = 0x40

/** @param id of the credential, which an authenticator is free to choose */
export function authenticator(origin: string, id: Buffer = randomBytes(32)): Authenticator {
  const rpId = new URL(origin).hostname
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = id.toString('base64url')
  let count = 0

  function authData(flags: number, more = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(++count)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(flags), counter, more])
  }

  return {
    credentialId,
    create({ challenge }) {
      const length = Buffer.from([id.length >> 8, id.length & 0xff])
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseOf(publicKey)])
      const data = authData(PRESENT_VERIFIED | ATTESTED, attested)
      const attestationObject = Buffer.concat([
        Buffer.of(0xa3),
        ...[text('fmt'), text('none'), text('attStmt'), Buffer.of(0xa0), text('authData'), bytes(data)],
      ])
      const response = {
        clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      }
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response,
        clientExtensionResults: {},
      }
    },
    get({ challenge }, { origin: shown = origin, verified = true } = {}) {
      const client = clientData('webauthn.get', challenge, shown)
      const data = authData(verified ? PRESENT_VERIFIED : PRESENT)
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
      }
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response,
        clientExtensionResults: {},
      }
    },
  }
}

function clientData(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

// The little CBOR that is needed. RFC 8949 §3.
function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(0x60 + value.length), Buffer.from(value)])
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x59, value.length >> 8, value.length & 0xff), value])
}

/** EC2 key, ES256, P-256. @see RFC 9053 §7.1.1 */
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const coordinate = (value: string) => Buffer.concat([Buffer.of(0x58, 32), Buffer.from(value, 'base64url')])
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    coordinate(x),
    Buffer.of(0x22),
    coordinate(y),
  ])
}
