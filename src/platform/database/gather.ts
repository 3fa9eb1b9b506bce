// Combines work that is requested at the same time, when one large statement costs less than many small ones.
import { isUndone } from './errors.ts'

export interface Gathered<Item, Result> {
  /** The maximum number of items that are processed together. */
  readonly most: number
  /** Processes several items. @returns the result of each item; undefined if it has to be processed alone */
  together(items: readonly Item[]): Promise<readonly (Result | undefined)[]>
  alone(item: Item): Promise<Result>
}

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(result: Result | PromiseLike<Result>): void
  reject(error: unknown): void
}

/**
 * Combines the items that are requested under one key in the same turn of the event loop. A single item is processed
 * alone. If the database refuses the combined statement, each item is processed alone, so that none fails because of
 * another.
 */
export function gathering<Item, Result>(work: Gathered<Item, Result>) {
  const gathered = new Map<string, Waiting<Item, Result>[]>()
  return (key: string, item: Item): Promise<Result> =>
    new Promise((resolve, reject) => {
      const waiting = gathered.get(key) ?? []
      waiting.push({ item, resolve, reject })
      if (waiting.length === 1) {
        gathered.set(key, waiting)
        setImmediate(() => {
          if (gathered.get(key) === waiting) gathered.delete(key)
          void perform(work, waiting)
        })
      }
      if (waiting.length === work.most) gathered.delete(key)
    })
}

/**
 * Returns the first item of each key, sorted by key; the others have to be processed alone. Because all writers use
 * the same order, they can't deadlock.
 */
export function firstOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const first = new Map(items.toReversed().map((item) => [keyOf(item), item]))
  return [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}

async function perform<Item, Result>(
  { together, alone }: Gathered<Item, Result>,
  waiting: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = waiting.length > 1 ? await together(waiting.map(({ item }) => item)) : []
    for (const [index, { item, resolve }] of waiting.entries()) resolve(results[index] ?? alone(item))
  } catch (error) {
    for (const { item, resolve, reject } of waiting) isUndone(error) ? resolve(alone(item)) : reject(error)
  }
}
