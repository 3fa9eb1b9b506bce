import type { FILTER_REFUSALS } from '#protocol/scim/refusals/filter.ts'
import type { QUERY_REFUSALS } from '#protocol/scim/refusals/query.ts'
import type { Console, Explanations } from '../explanation-text.ts'
import { brokenMessage } from './steps.ts'

function matchBy({ name, mapping }: Console): readonly string[] {
  return [`Choose userName or externalId as the attribute to match by in ${name}: ${mapping}.`]
}

/** Returns the advice for paging and sort order, which the client sets, not the administrator. */
function clientSettings({ name }: Console): readonly string[] {
  return [
    `${name} asks for its list in a way that SCIM 2.0 does not allow. Nothing about your users has to be corrected.`,
    `If its settings have a page size or a sort order, correct them; otherwise give the request below to the support of ${name}.`,
  ]
}

export const FILTERS: Explanations<keyof typeof FILTER_REFUSALS> = {
  'filter-too-large': (_, { idp }) => ({
    cause: 'The search is larger than one may be.',
    steps: [`Let ${idp.name} search for fewer values at once.`, ...matchBy(idp)],
  }),
  'filter-syntax': (_, { idp }) => ({
    cause: `${idp.name} searched with a filter that is not written as SCIM asks for.`,
    steps: [...matchBy(idp), ...brokenMessage(idp)],
  }),
  'filter-attribute-unknown': ({ name }, { idp }) => ({
    cause: `${idp.name} searched by ${name}, which no user or group has here.`,
    steps: matchBy(idp),
  }),
  'filter-attribute-secret': ({ name }, { idp }) => ({
    cause: `${idp.name} searched by ${name}, which is a secret and can't be searched by.`,
    steps: matchBy(idp),
  }),
  'filter-attribute-complex': ({ name }, { idp }) => ({
    cause: `${idp.name} searched by ${name}, which has several parts. The search has to name one of them.`,
    steps: matchBy(idp),
  }),
  'filter-brackets': ({ name }, { idp }) => ({
    cause: `${idp.name} searched with a condition in brackets behind ${name}, which is no list.`,
    steps: matchBy(idp),
  }),
  'filter-operator-unknown': ({ op }, { idp }) => ({
    cause: `${idp.name} searched with “${op}”, which is no operator of SCIM.`,
    steps: brokenMessage(idp),
  }),
  'filter-operator-unfit': ({ op, name }, { idp }) => ({
    cause:
      name === undefined
        ? `${idp.name} searched with “${op}” for no value.`
        : `${idp.name} searched with “${op}”, which ${name} can't be compared with.`,
    steps: matchBy(idp),
  }),
  'filter-value-unfit': ({ name, type }, { idp }) => ({
    cause: `${idp.name} compared ${name} with a value that is no ${type}.`,
    steps: matchBy(idp),
  }),
}

export const QUERIES: Explanations<keyof typeof QUERY_REFUSALS> = {
  'parameter-not-integer': ({ name }, { idp }) => ({
    cause: `${name} of the request is not a whole number.`,
    steps: clientSettings(idp),
  }),
  'parameter-repeated': ({ name }, { idp }) => ({
    cause: `The request gives ${name} more than once.`,
    steps: clientSettings(idp),
  }),
  'filter-repeated': (_, { idp }) => ({
    cause: 'The request has more than one filter.',
    steps: matchBy(idp),
  }),
  'count-out-of-range': ({ limit }, { idp }) => ({
    cause: `${idp.name} asked for a page of a size that is not from 0 to ${limit}.`,
    steps: clientSettings(idp),
  }),
  'sort-unknown': ({ name }, { idp }) => ({
    cause: `${idp.name} asked for a list in the order of ${name}, which no user or group has here.`,
    steps: clientSettings(idp),
  }),
  'sort-impossible': ({ name }, { idp }) => ({
    cause: `${idp.name} asked for a list in the order of ${name}, by which nothing can be sorted.`,
    steps: clientSettings(idp),
  }),
  'sort-order-unknown': (_, { idp }) => ({
    cause: `${idp.name} asked for a list in an order that is neither ascending nor descending.`,
    steps: clientSettings(idp),
  }),
  'sort-value-too-long': ({ limit }, { idp }) => ({
    cause: `A page ends at a value of more than ${limit} characters, which is too long to go on from.`,
    steps: [`Let ${idp.name} sort by another attribute, or not at all.`],
  }),
  'attributes-both': (_, { idp }) => ({
    cause: 'The request says both which attributes it wants and which it does not want.',
    steps: clientSettings(idp),
  }),
  'attributes-too-long': ({ limit }, { idp }) => ({
    cause: `The list of attributes in the request has more than ${limit} characters.`,
    steps: clientSettings(idp),
  }),
  'cursor-unknown': (_, { idp }) => ({
    cause: `${idp.name} asked for the next page of a list with a cursor that does not belong to that list.`,
    steps: [`Start a full sync in ${idp.name}: it begins with the first page.`, ...brokenMessage(idp)],
  }),
  'cursor-expired': ({ seconds }, { idp }) => ({
    cause: `${idp.name} waited more than ${Math.round(seconds / 60)} minutes before it asked for the next page.`,
    steps: [`Start a full sync in ${idp.name}: it begins with the first page.`],
  }),
  'cursor-other-count': ({ count }, { idp }) => ({
    cause: `${idp.name} changed the size of its pages within one list, from ${count}.`,
    steps: clientSettings(idp),
  }),
  'discovery-filter': (_, { idp }) => ({
    cause: `${idp.name} searched in what this service says about itself, which can only be read as a whole.`,
    steps: brokenMessage(idp),
  }),
  'query-too-costly': ({ seconds }, { idp }) => ({
    cause: `The search takes longer than ${seconds} s, because no index helps it. It does not succeed by being repeated.`,
    steps: matchBy(idp),
  }),
}
