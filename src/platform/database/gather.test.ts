import pg from 'pg'
import { expect, test } from 'vitest'
import { Unavailable } from '#errors.ts'
import { gathering } from './gather.ts'

/** Accepts every item except `bad`, and records what was requested, together or alone. */
function open(together: (items: readonly string[]) => Promise<(string | undefined)[]>, most = 10) {
  const asked: (string | readonly string[])[] = []
  const gather = gathering<string, string>({
    most,
    together: (items) => {
      asked.push(items)
      return together(items)
    },
    alone: async (item) => {
      asked.push(item)
      if (item === 'bad') throw new Error('bad')
      return `${item} alone`
    },
  })
  return { gather, asked }
}

const all = async (items: readonly string[]) => items.map((item) => `${item} with others`)

test('what comes in one turn is done together, under each key by itself', async () => {
  const { gather, asked } = open(all)
  const results = await Promise.all([gather('x', 'a'), gather('y', 'b'), gather('x', 'c')])
  expect(results).toEqual(['a with others', 'b alone', 'c with others'])
  expect(await gather('x', 'd')).toBe('d alone')
  expect(asked).toEqual([['a', 'c'], 'b', 'd'])
})

test('no more is done together than may be', async () => {
  const { gather, asked } = open(all, 2)
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((item) => gather('x', item)))
  expect(asked).toEqual([['a', 'b'], ['c', 'd'], 'e'])
})

test('what is left out is done alone', async () => {
  const { gather } = open(async ([first]) => [`${first} with others`, undefined])
  expect(await Promise.all([gather('x', 'a'), gather('x', 'b')])).toEqual(['a with others', 'b alone'])
})

test('where the database undid all of it, each is done alone and fails for itself', async () => {
  const refused = new Unavailable('locked', { cause: new pg.DatabaseError('locked', 6, 'error') })
  const { gather } = open(() => Promise.reject(refused))
  const results = await Promise.allSettled(['a', 'bad', 'c'].map((item) => gather('x', item)))
  expect(results).toMatchObject([{ value: 'a alone' }, { reason: { message: 'bad' } }, { value: 'c alone' }])
})

test('where nobody knows what became of it, nothing is tried a second time', async () => {
  const { gather, asked } = open(() => Promise.reject(new Unavailable('silence')))
  const results = await Promise.allSettled(['a', 'b'].map((item) => gather('x', item)))
  expect(results).toMatchObject([{ reason: { message: 'silence' } }, { reason: { message: 'silence' } }])
  expect(asked).toEqual([['a', 'b']])
})
