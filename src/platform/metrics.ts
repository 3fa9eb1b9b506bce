// What monitoring asks for, in the text form of Prometheus: how the process does, and how requests are answered.
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export interface Metrics {
  /** One request, by what it was and how it was answered; never by whom, or what for. */
  answered(request: { door: string; method: string; status: number; seconds: number }): void
  readonly contentType: string
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'doorlist_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer',
    labelNames: ['door', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  return {
    answered: ({ door, method, status, seconds }) =>
      requests.observe({ door, method, status: `${Math.floor(status / 100)}xx` }, seconds),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
