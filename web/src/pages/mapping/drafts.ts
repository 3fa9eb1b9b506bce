// Drafts of mapping rules. Each keeps what was typed in both of its forms, and a stable key for the list.
import type { AttributeMapping } from '../../../../src/http/portal/mapping/contract.ts'

export type Rule = AttributeMapping['mapping'][number]
type Rules = readonly Rule[]
export type Step = NonNullable<Rule['steps']>[number]
export type Op = Step['op']
export const OPS: readonly Op[] = ['lower', 'upper', 'trim', 'first', 'join', 'before', 'after']

export interface DraftStep {
  readonly key: string
  readonly op: Op
  /** Separator of a `join` step. */
  readonly text: string
}

export interface Draft {
  readonly key: string
  readonly attribute: string
  readonly kind: 'source' | 'constant'
  readonly source: string
  readonly constant: string
  readonly steps: readonly DraftStep[]
  /** Empty: none. */
  readonly fallback: string
}

const newKey = () => crypto.randomUUID()

export function newDraft(): Draft {
  return draftOf({ attribute: '', source: '' })
}

export function newStep(op: Op): DraftStep {
  return { key: newKey(), op, text: op === 'join' ? ', ' : op === 'before' || op === 'after' ? '@' : '' }
}

export function hasText(op: Op): boolean {
  return op === 'join' || op === 'before' || op === 'after'
}

export function draftOf({ attribute, source, constant, steps = [], default: fallback = '' }: Rule): Draft {
  return {
    key: newKey(),
    attribute,
    kind: constant === undefined ? 'source' : 'constant',
    source: source ?? '',
    constant: constant ?? '',
    steps: steps.map(({ op, separator, text }) => ({ key: newKey(), op, text: separator ?? text ?? '' })),
    fallback,
  }
}

export function rulesOf(drafts: readonly Draft[]): Rule[] {
  return drafts.map(({ attribute, kind, source, constant, steps, fallback }) =>
    kind === 'constant'
      ? { attribute: attribute.trim(), constant }
      : {
          attribute: attribute.trim(),
          source: source.trim(),
          ...(steps.length > 0 && { steps: steps.map(stepOf) }),
          ...(fallback !== '' && { default: fallback }),
        },
  )
}

function stepOf({ op, text }: DraftStep): Step {
  if (op === 'join') return { op, separator: text }
  return hasText(op) ? { op, text } : { op }
}

export function isSame(left: Rules, right: Rules): boolean {
  const canonical = (rules: Rules) => JSON.stringify(rulesOf(rules.map(draftOf)))
  return canonical(left) === canonical(right)
}

/** Returns the list with one item moved. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const others = items.filter((_, i) => i !== from)
  return [...others.slice(0, to), ...items.slice(from, from + 1), ...others.slice(to)]
}
