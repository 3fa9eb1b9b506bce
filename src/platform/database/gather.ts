// Work that comes in together is done together, where one large piece costs less than many small ones.
import { isUndone } from './errors.ts'

export interface Gathered<Item, Result> {
  /** How much is done together at most. */
  readonly most: number
  /** @returns of each item what became of it; undefined: it is to be done alone */
  together(items: readonly Item[]): Promise<readonly (Result | undefined)[]>
  alone(item: Item): Promise<Result>
}

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(result: Result | PromiseLike<Result>): void
  reject(error: unknown): void
}

/**
 * Gathers what is asked for under one key in one turn of the event loop. An item that comes by itself is done alone; and so
 * is each of those whose statement the database undid, so that none fails for what is wrong with another.
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
 * Of each key the first item: the others are to be done alone. In the order of their keys, which is one for everyone, so
 * that parallel writers do not wait for each other in a circle.
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
