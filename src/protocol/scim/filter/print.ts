import { nameOf } from '../schema/names.ts'
import type { Filter } from './filter.ts'

/** Returns a filter as text. Parsing the text gives the same filter again. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.map(printTerm).join(` ${filter.kind} `)
    case 'not':
      return `not (${printFilter(filter.term)})`
    case 'present':
      return `${nameOf(filter.ref)} pr`
    case 'compare':
      return `${nameOf(filter.ref)} ${filter.op} ${JSON.stringify(filter.value)}`
    case 'valuePath':
      return `${nameOf(filter.ref)}[${printFilter(filter.filter)}]`
    case 'never':
      return `${filter.name} pr`
  }
}

function printTerm(filter: Filter): string {
  const isChain = filter.kind === 'and' || filter.kind === 'or'
  return isChain ? `(${printFilter(filter)})` : printFilter(filter)
}
