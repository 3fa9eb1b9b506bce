import type { SERVICE_REFUSALS } from '#protocol/scim/refusals/service.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, newToken, sendAgain, wait } from './steps.ts'

export const SERVICE: Explanations<keyof typeof SERVICE_REFUSALS> = {
  'http-malformed': (_, { idp }) => ({
    cause: 'What arrived was not an HTTP request.',
    steps: [`Check the proxy between ${idp.name} and this service.`],
  }),
  'http-timeout': (_, { idp }) => ({
    cause: 'The request did not arrive completely in time.',
    steps: [`Check the network between ${idp.name} and this service.`, ...wait(idp)],
  }),
  'headers-too-large': (_, { idp }) => ({
    cause: 'The address and headers of the request are larger than this service accepts.',
    steps: [`Look for long headers that ${idp.name} or a proxy adds, such as cookies.`],
  }),
  'address-malformed': (_, { idp }) => ({
    cause: 'The address of the request is not written correctly: it has a percent sign that nothing follows.',
    steps: brokenMessage(idp),
  }),
  'address-too-long': (_, { idp }) => ({
    cause: 'The address of the request is longer than any address of this service.',
    steps: [
      'Copy the SCIM endpoint here: Identity Providers › this one.',
      `Paste it in ${idp.name} without anything added: ${idp.endpoint}.`,
    ],
  }),
  'address-unstorable': (_, { idp }) => ({
    cause: 'The address of the request contains a character that no text can contain.',
    steps: brokenMessage(idp),
  }),
  'filter-unstorable': (_, { idp }) => ({
    cause: 'The search contains a character that no text can contain.',
    steps: [`Correct the value that ${idp.name} searches by: ${idp.mapping}.`, sendAgain(idp)],
  }),
  'endpoint-unknown': (_, { idp }) => ({
    cause:
      'The address does not belong to the SCIM endpoint. The base URL there differs from the one shown here.',
    steps: [
      'Copy the SCIM endpoint here: Identity Providers › this one.',
      `Paste it in ${idp.name} as it is, without anything added: ${idp.endpoint}.`,
    ],
  }),
  'method-not-allowed': ({ method }, { idp }) => ({
    cause: `${method} cannot be used with this address. Usually the base URL there differs from the one shown here.`,
    steps: [
      'Copy the SCIM endpoint here: Identity Providers › this one.',
      `Paste it in ${idp.name} as it is, without anything added: ${idp.endpoint}.`,
    ],
  }),
  'not-implemented': ({ what }, { idp }) => ({
    cause: `${idp.name} asked for ${what}, which this service does not have.`,
    steps: [`Switch it off in ${idp.name}: ${idp.endpoint}.`],
  }),
  'credentials-missing': (_, { idp }) => ({
    cause: 'The request came without credentials.',
    steps: newToken(idp),
  }),
  'credentials-invalid': (_, { idp }) => ({
    cause:
      'The credentials of the request are not known here: they were copied incompletely, or never issued here.',
    steps: newToken(idp),
  }),
  'credentials-retired': (_, { idp }) => ({
    cause: 'The request came with credentials that an administrator retired here.',
    steps: newToken(idp),
  }),
  'credentials-expired': ({ at }, { idp }) => ({
    cause: `The request came with credentials that expired at ${at}.`,
    steps: newToken(idp),
  }),
  'credentials-of-another': (_, { idp }) => ({
    cause: 'The request came with the credentials of another identity provider of yours.',
    steps: [
      'Compare endpoint and token here: both have to belong to this identity provider.',
      `Paste the endpoint in ${idp.name}: ${idp.endpoint}.`,
      ...newToken(idp).slice(1),
    ],
  }),
  'idp-disabled': (_, { idp }) => ({
    cause: 'This identity provider is disabled here, so that sign-in and provisioning are refused.',
    steps: [
      'Enable it here: Identity Providers › this one. Users and groups that came before are kept.',
      `${idp.name} sends again what failed meanwhile. To hurry: ${idp.again}.`,
    ],
  }),
  'provisioning-off': (_, { idp }) => ({
    cause: 'Auto-provisioning is off for this identity provider.',
    steps: [
      'Turn auto-provisioning on here: Identity Providers › this one. Users and groups that came before are kept.',
      `${idp.name} sends again what failed meanwhile. To hurry: ${idp.again}.`,
    ],
  }),
  'too-many-requests': ({ seconds }, { idp }) => ({
    cause: `${idp.name} sent more requests in a second than are accepted, and was told to wait ${seconds} s.`,
    steps: [
      `${idp.name} goes on by itself. If this lasts for hours, the operator of this service can raise DOORLIST_SCIM_RATE.`,
    ],
  }),
  'idp-changing': (_, { idp }) => ({
    cause: 'An administrator saved this identity provider at the same moment. Nothing was half done.',
    steps: wait(idp),
  }),
  busy: (_, { idp }) => ({
    cause: 'This service had more to do than it takes at once. Nothing was half done.',
    steps: wait(idp),
  }),
  'database-unavailable': (_, { idp }) => ({
    cause: 'This service could not reach its database at that moment. Nothing was half done.',
    steps: [`${idp.name} tries again by itself. App Gateways shows the outage. To hurry: ${idp.again}.`],
  }),
  'took-too-long': ({ seconds }, { idp }) => ({
    cause: `The database was reached, but did not finish within ${seconds} s. Nothing was half done.`,
    steps: [
      ...wait(idp),
      'If this happens often, the operator of this service looks for load on the database.',
    ],
  }),
  internal: (_, { idp }) => ({
    cause: 'Something went wrong in this service. Nothing was half done.',
    steps: [
      'The operator of this service finds the reason in its log, by the request id below.',
      ...wait(idp),
    ],
  }),
}
