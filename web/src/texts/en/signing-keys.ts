export const signingKeys = {
  title: 'Signing keys',
  about:
    'Doorlist signs the Remote-Token header with these keys. An application checks the signature with the list of keys, and that the token has this issuer.',
  issuer: 'Issuer',
  keysUrl: 'List of keys (JWKS)',
  none: 'The first key is created when an application reads the list of keys, or when the first user opens an application.',
  key: 'Key ID',
  status: 'Status',
  state: { next: 'Next', signing: 'Signing', retiring: 'Retiring' },
  signsFrom: 'signs from',
  publishedUntil: 'published until',
  created: 'Created',
  actions: 'Actions',
  revokeShort: 'Revoke',
  rotate: 'Rotate key',
  rotateTitle: 'Rotate the signing key?',
  rotateText:
    'A new key is published now and starts signing in five minutes. The current key stays published until the tokens that it signed have expired. Applications that read the list of keys need no change.',
  rotated: 'A new key is published. It starts signing in five minutes.',
  rotating: 'A new key is published already. You can rotate again once it signs.',
  revoke: 'Revoke key',
  revokeOf: (id: string) => `Revoke key ${id}`,
  revokeTitle: 'Revoke this signing key?',
  revokeText: {
    signing:
      'The key stops signing and leaves the list of keys at once, and another key takes over. Revoke it if someone else may have it. Applications that keep a copy of the list may refuse users until they read it again, usually within a few minutes.',
    next: 'The key leaves the list of keys and is never used. The current key goes on signing.',
    retiring: 'The key leaves the list of keys now. Tokens that it signed are refused from then on.',
  },
  revoked: 'The key was revoked.',
}
