const users = (count: number) => (count === 1 ? '1 user' : `${count.toLocaleString('en')} users`)
const sessions = (count: number) => (count === 1 ? '1 session' : `${count.toLocaleString('en')} sessions`)

/** Which identity signs in as which user. */
export const identities = {
  title: 'Linked identity',
  about: 'The identifier that decides at sign-in who the user is.',
  none: 'No identity is linked. It is linked at the next sign-in, if the identity provider sends an identifier that never changes. Until then, the user is found by name at each sign-in.',
  identifier: 'Identifier',
  source: 'Comes from',
  sources: { sub: 'sub (OpenID Connect)', NameID: 'NameID, persistent format' } as Record<string, string>,
  issuer: 'Issuer',
  linked: 'Linked',
  unlink: 'Unlink identity',
  unlinkTitle: (name: string) => `Unlink the identity of ${name}?`,
  unlinkText:
    'All sessions of the user end, and remembered browsers ask for the second factor again. At the next sign-in the user is found by the matching rule, and the identity that signs in is linked.',
  unlinkFactors:
    'Second factors stay. If somebody else may have set them up, reset the enrollment of the user too.',
  unlinked: (name: string) => `The identity of ${name} is unlinked`,
  conflictTitle: 'A sign-in was refused',
  conflicts: {
    'linked-to-another': (name: string) =>
      `Someone signed in at the identity provider as ${name}, but the user of this name is linked to a different identity.`,
    'names-another-user': (name: string, named: string, linked: string) =>
      `The identity of ${linked} signed in with the name ${name}, which is the name of ${named}.`,
  },
  fixes: {
    'linked-to-another':
      'If the user now belongs to the refused identity, unlink the linked identity. If not, correct the name at the identity provider.',
    'names-another-user': (linked: string) =>
      `Correct the name at the identity provider, or let it provision the new name. If the identity doesn’t belong to ${linked}, unlink it.`,
  },
  refusedIdentity: 'Refused identity',
  refused: (times: number) => (times === 1 ? 'Refused once' : `Refused ${times.toLocaleString('en')} times`),
  lastRefused: 'last',
  openUser: (name: string) => `Open ${name}`,
  // The page of an identity provider
  howTitle: 'How users are identified',
  howAbout: 'What the identity provider sends to say who signs in.',
  kinds: {
    sub: 'Subject (sub). It never changes and is linked to the user at the first sign-in.',
    declared: 'Your stable identifier. It is linked to the user at the first sign-in.',
    persistent:
      'NameID in the persistent format. It never changes and is linked to the user at the first sign-in.',
    transient:
      'NameID in the transient format. It is different at each sign-in, so an attribute identifies the user.',
    email: 'Email address as NameID. The user is found by this name at each sign-in.',
    unspecified: 'NameID in an unspecified format. The user is found by this name at each sign-in.',
    other: 'NameID in another format. The user is found by this name at each sign-in.',
  },
  stable: 'Stable',
  name: 'Name',
  lastArrived: 'last seen',
  nothingArrived: 'Nobody has signed in since the matching was last changed.',
  recommend:
    'A name can be given to somebody else one day. Until provisioning reports it, the new owner reaches the old account. Let the identity provider send the NameID in the persistent format or an attribute that never changes, such as an object ID, and enter that attribute as stable identifier.',
  linkedUsers: (count: number) => (count === 1 ? '1 user is linked.' : `${users(count)} are linked.`),
  // The form
  stableIdentifier: 'Stable identifier (optional)',
  stableIdentifierHelp: {
    saml: 'An attribute that never changes and is never given to another user, such as http://schemas.microsoft.com/identity/claims/objectidentifier. Leave it empty to use a NameID in the persistent format.',
    oidc: 'A claim that never changes and is never given to another user, such as oid of Entra ID. Leave it empty to use sub.',
  },
  offersPersistent:
    'This identity provider offers NameIDs in the persistent format, which never change. If you choose that format, also choose an attribute below that matches users to their user name.',
  endTitle: 'Match all users again?',
  endText: (linked: number, signedIn: number) =>
    `You changed how users are identified. ${linked === 1 ? 'The link of 1 user ends' : `The links of ${users(linked)} end`}, and ${sessions(signedIn)} of this identity provider ${signedIn === 1 ? 'ends' : 'end'}. Each user is matched by the new rule at the next sign-in.`,
  endAction: (linked: number) =>
    `Save and end ${linked === 1 ? '1 link' : `${linked.toLocaleString('en')} links`}`,
}
