// The gateway: how long a proxy waits, and how soon a deactivation takes effect.
import type { Evidence } from '../parts.ts'
import type { Plan } from '../plan.ts'
import { atMost, type Promised } from '../promise.ts'

export function gatewayPromises(_plan: Plan, { gateway }: Evidence): Promised[] {
  const of = (op: string, field: 'p50' | 'p99' | 'figure') => () => gateway.of('ours', op, field)
  return [
    atMost('verify, one connection, p50', 1, 'ms', of('verify', 'p50')),
    atMost('verify, processor time', 1, 'ms', of('verify', 'figure')),
    atMost('SCIM deactivation to refusal, other process, p99', 1_000, 'ms', of('revoked', 'p99')),
    atMost('let in after a SCIM deactivation, same process', 0, 'requests', of('allowedAfter', 'figure')),
    atMost('wrong answers of the gateway', 0, 'answers', () => {
      gateway.all('ours', 'verify')
      return gateway.bad()
    }),
  ]
}
