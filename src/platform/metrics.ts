// Metrics in the text format of Prometheus: the process, its answers, and its background work.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { WorkFigure, WorkFigures } from './work-figures.ts'

export interface Metrics {
  /** Counts one request by door, method and status; never by caller or object. */
  answered(request: { door: string; method: string; status: number; seconds: number }): void
  /** Adds figures of the request log. They are read when metrics are requested. */
  watchRequestLog(read: () => RequestLogFigures): void
  /** Adds figures of background work: what it has done, and how far behind it is. */
  watchWork(figures: WorkFigures): void
  readonly contentType: string
  text(): Promise<string>
}

interface RequestLogFigures {
  readonly written: number
  readonly passedOver: number
  readonly dropped: number
  readonly waiting: number
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
    watchRequestLog: (read) => watchRequestLog(registry, read),
    watchWork: (figures) => watchWork(registry, figures),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

function watchRequestLog(registry: Registry, read: () => RequestLogFigures): void {
  new Counter({
    name: 'doorlist_request_log_requests_total',
    help: 'SCIM requests by what the request log did: written, passed over because there were many, dropped for lack of room',
    labelNames: ['fate'],
    registers: [registry],
    collect() {
      const { written, passedOver, dropped } = read()
      this.reset()
      this.inc({ fate: 'written' }, written)
      this.inc({ fate: 'passed_over' }, passedOver)
      this.inc({ fate: 'dropped' }, dropped)
    },
  })
  new Gauge({
    name: 'doorlist_request_log_waiting',
    help: 'SCIM requests that wait to be written to the request log',
    registers: [registry],
    collect() {
      this.set(read().waiting)
    },
  })
}

function watchWork(registry: Registry, figures: WorkFigures): void {
  const each = (name: string, help: string, read: (figure: WorkFigure) => number) =>
    new Counter({
      name,
      help,
      labelNames: ['work'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [work, figure] of figures.read().work) this.inc({ work }, read(figure))
      },
    })
  each('doorlist_work_runs_total', 'Completed runs of background work', ({ runs }) => runs)
  each('doorlist_work_failures_total', 'Failed runs of background work', ({ failures }) => failures)
  each('doorlist_work_rows_total', 'Rows that background work dealt with', ({ rows }) => rows)
  each('doorlist_work_seconds_total', 'Time spent in background work', ({ seconds }) => seconds)
  new Gauge({
    name: 'doorlist_work_last_success_timestamp_seconds',
    help: 'When background work last succeeded in this process',
    labelNames: ['work'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [work, { lastSuccess }] of figures.read().work)
        if (lastSuccess !== undefined) this.set({ work }, lastSuccess)
    },
  })
  new Gauge({
    name: 'doorlist_work_behind',
    help: 'Rows that background work has not dealt with yet, such as events that are not sealed',
    labelNames: ['work'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [work, count] of figures.read().behind) this.set({ work }, count)
    },
  })
}
