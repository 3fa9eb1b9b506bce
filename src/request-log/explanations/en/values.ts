import type { VALUE_REFUSALS } from '#protocol/scim/refusals/value.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, correctMapping, sendAgain } from './steps.ts'

const STRICT = 'Or set the mode of this identity provider to lenient here: then it is left out.'

export const VALUES: Explanations<keyof typeof VALUE_REFUSALS> = {
  'value-wrong': ({ at }, { who, idp }) => ({
    cause: `The value of ${at} of ${who} is not one that the attribute can have.`,
    steps: [
      `Correct the value for ${who} in ${idp.name}, or map another source to ${at}: ${idp.mapping}.`,
      sendAgain(idp),
    ],
  }),
  'value-missing': ({ at }, { who, idp }) => ({
    cause: `${who} has no value for ${at}, which is required.`,
    steps: [
      `Map ${at} in ${idp.name} to a source that every user and group has: ${idp.mapping}.`,
      `Or fill in the value for ${who} there.`,
      sendAgain(idp),
    ],
  }),
  'value-unstorable': (_, { who, idp }) => ({
    cause: `A value of ${who} could not be stored by the database. This is a defect of this service.`,
    steps: [
      'Give the request id below to the operator of this service.',
      `Until it is corrected, change the unusual value for ${who} in ${idp.name}.`,
    ],
  }),
  'schemas-without-core': ({ urn }, { idp }) => ({
    cause: `schemas does not name ${urn}, and this identity provider is read strictly.`,
    steps: [
      'Set the mode of this identity provider to lenient here: then schemas is not needed.',
      ...brokenMessage(idp),
    ],
  }),
  'schema-unknown': ({ urn }, { idp }) => ({
    cause: `schemas names ${urn}, which nobody declared here, and this identity provider is read strictly.`,
    steps: [
      'Declare the schema here if you want to keep its attributes.',
      `Or remove it from what ${idp.name} sends: ${idp.mapping}.`,
      STRICT,
    ],
  }),
  'attribute-unknown': ({ name }, { idp }) => ({
    cause: `${idp.name} sent ${name}, which nobody declared here, and this identity provider is read strictly.`,
    steps: [
      `Declare ${name} here if you want to keep it (below, under undeclared attributes).`,
      `Or remove it from what ${idp.name} sends: ${idp.mapping}.`,
      STRICT,
    ],
  }),
  'attribute-read-only': ({ name }, { idp }) => ({
    cause: `${name} is set by this service and cannot be changed from outside.`,
    steps: [`Remove ${name} from the mapping in ${idp.name}: ${idp.mapping}.`, sendAgain(idp)],
  }),
  'attribute-immutable': ({ name }, { who, idp }) => ({
    cause: `${name} of ${who} has a value already, and it can be set only once.`,
    steps: [
      `Let ${idp.name} send ${name} only when it creates a user or group: ${idp.mapping}.`,
      sendAgain(idp),
    ],
  }),
  'attribute-not-removable': ({ name }, subject) => ({
    cause: `${subject.idp.name} tried to remove ${name} of ${subject.who}, which is required.`,
    steps: correctMapping(subject, name),
  }),
}
