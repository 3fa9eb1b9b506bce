// The steps that a mapping can apply to a value from the SCIM resource before it enters the profile. Pure. There are
// no regular expressions, so no pattern can take long. A value is a list of texts, because a list of the resource has
// several.
import { Invalid } from '#errors.ts'
import type { Step } from '#identity-providers/mapping.ts'

const PLAIN = new Set<string>(['lower', 'upper', 'trim', 'first'])
const STEPS_AT_MOST = 5
const TEXT_CHARACTERS = 20

/** Checks the steps of a rule. @param field the field of the steps, for error messages @throws {Invalid} */
export function readSteps(given: readonly unknown[], field: string): readonly Step[] {
  if (given.length > STEPS_AT_MOST) throw new Invalid(field, `may have at most ${STEPS_AT_MOST} steps`)
  return given.map((step, i) => readStep(step, `${field}.${i}`))
}

function readStep(given: unknown, field: string): Step {
  const { op, separator, text } = (given ?? {}) as Record<string, unknown>
  if (typeof op === 'string' && PLAIN.has(op)) return { op: op as 'lower' }
  if (op === 'join') return { op, separator: readText(separator, `${field}.separator`, 0) }
  if (op === 'before' || op === 'after') return { op, text: readText(text, `${field}.text`, 1) }
  throw new Invalid(`${field}.op`, 'must be lower, upper, trim, first, join, before or after')
}

function readText(value: unknown, field: string, fewest: number): string {
  if (typeof value !== 'string' || value.length < fewest || value.length > TEXT_CHARACTERS)
    throw new Invalid(field, `must be a text of ${fewest} to ${TEXT_CHARACTERS} characters`)
  return value
}

export function runSteps(values: readonly string[], steps: readonly Step[]): readonly string[] {
  return steps.reduce(runStep, values)
}

function runStep(values: readonly string[], step: Step): readonly string[] {
  switch (step.op) {
    case 'lower':
      return values.map((value) => value.toLowerCase())
    case 'upper':
      return values.map((value) => value.toUpperCase())
    case 'trim':
      return values.map((value) => value.trim())
    case 'first':
      return values.slice(0, 1)
    case 'join':
      return values.length === 0 ? [] : [values.join(step.separator)]
    case 'before':
      return values.map((value) => value.split(step.text, 1)[0] ?? '')
    case 'after':
      return values.map((value) => afterFirst(value, step.text))
  }
}

function afterFirst(value: string, text: string): string {
  const at = value.indexOf(text)
  return at === -1 ? value : value.slice(at + text.length)
}
