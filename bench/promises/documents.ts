// Refusing messages must be cheap, because anybody can send them.
import type { Evidence } from '../parts.ts'
import { largest, type Plan } from '../plan.ts'
import { atMost, type Promised } from '../promise.ts'
import type { Line, Results } from '../results.ts'

const MESSAGES: readonly (readonly [op: string, name: string])[] = [
  ['response', 'dearest refused SAML response, processor time'],
  ['logoutRequest', 'dearest refused LogoutRequest, processor time'],
]

export function documentPromises(_plan: Plan, { documents }: Evidence): Promised[] {
  return [
    ...MESSAGES.map(([op, name]) =>
      atMost(name, 10, '× a good one', () => largest(figuresOf(documents, op))),
    ),
    atMost('messages accepted or refused wrongly', 0, 'messages', () =>
      MESSAGES.flatMap(([op]) => documents.all('ours', op)).reduce((sum, { wrong = 0 }) => sum + wrong, 0),
    ),
  ]
}

function figuresOf(documents: Results, op: string): number[] {
  return documents.all('ours', op).map(({ figure = Number.NaN }: Line) => figure)
}
