import type { PATCH_REFUSALS } from '#protocol/scim/refusals/patch.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, correctMapping, sendAgain } from './steps.ts'

export const PATCH: Explanations<keyof typeof PATCH_REFUSALS> = {
  'operation-without-value': ({ op }, { who, idp }) => ({
    cause: `A change of ${who} says “${op}” without a value.`,
    steps: [
      `Look for a mapping without a source, or with an empty one, in ${idp.name}: ${idp.mapping}.`,
      sendAgain(idp),
    ],
  }),
  'operation-without-path': ({ op }, { who, idp }) => ({
    cause: `A change of ${who} says “${op}” without naming an attribute, and this identity provider is read strictly.`,
    steps: ['Set the mode of this identity provider to lenient here.', sendAgain(idp)],
  }),
  'remove-without-path': (_, { who, idp }) => ({
    cause: `A change of ${who} says “remove” without naming what to remove. Nothing was removed.`,
    steps: brokenMessage(idp),
  }),
  'operation-value-not-object': (_, { who, idp }) => ({
    cause: `A change of ${who} names no attribute, and its value is no object that would name some.`,
    steps: brokenMessage(idp),
  }),
  'path-malformed': ({ path }, subject) => ({
    cause: `The target attribute ${path} is not written as SCIM asks for.`,
    steps: correctMapping(subject, path),
  }),
  'path-filter-wrong': ({ path, problem }, { who, idp }) => ({
    cause: `The target attribute ${path} has a condition in brackets that cannot be read: ${problem}. ${who} was not changed.`,
    steps: [`Correct the condition in the target attribute in ${idp.name}: ${idp.mapping}.`, sendAgain(idp)],
  }),
  'filter-selects-nothing': ({ name }, { who, idp }) => ({
    cause: `${who} has no value of ${name} that meets the condition in the target attribute.`,
    steps: [
      `Compare the type in the target attribute with the values of ${who}: ${idp.mapping}.`,
      sendAgain(idp),
    ],
  }),
  'filter-selects-many': ({ name }, { who, idp }) => ({
    cause: `Several values of ${name} of ${who} meet the condition, and this identity provider is read strictly.`,
    steps: [
      `Make the condition in the target attribute select one value: ${idp.mapping}.`,
      'Or set the mode of this identity provider to lenient here: then all of them are changed.',
    ],
  }),
  'patch-too-costly': ({ limit }, { who, idp }) => ({
    cause: `The changes of ${who} would compare more than ${limit} values in one request.`,
    steps: [`Let ${idp.name} send fewer changes in one request.`],
  }),
  'member-without-id': ({ index }, { who, idp }) => ({
    cause: `Member number ${index + 1} of ${who} comes without an id.`,
    steps: brokenMessage(idp),
  }),
  'member-unknown': ({ ids }, { who, idp }) => ({
    cause:
      ids.length === 1
        ? `A member of ${who} is not here: nobody has the id ${ids[0]}. The members were not changed.`
        : `Members of ${who} are not here, among them ${ids.join(', ')}. The members were not changed.`,
    steps: [
      `In ${idp.name}, assign these users too, so that they are created before they become members.`,
      `Then send the group again: ${idp.again}.`,
    ],
  }),
  'members-filter-unsupported': (_, { who, idp }) => ({
    cause: `Members of ${who} are selected by a condition, and this identity provider is read strictly: only one id is accepted.`,
    steps: ['Set the mode of this identity provider to lenient here.', sendAgain(idp)],
  }),
  'members-filter-too-costly': ({ seconds }, { who, idp }) => ({
    cause: `Finding the members of ${who} by that condition takes longer than ${seconds} s. It does not succeed by being repeated.`,
    steps: [`Let ${idp.name} name members by their ids.`],
  }),
  'members-path-unsupported': ({ path }, { who, idp }) => ({
    cause: `${path} would change a single member of ${who}. Members can be added, removed, and replaced as a whole.`,
    steps: brokenMessage(idp),
  }),
}
