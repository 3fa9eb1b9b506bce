import { expect, test } from 'vitest'
import { csvRecord } from './csv.ts'

test('separators, quotes and line breaks stay inside their cell', () => {
  expect(csvRecord(['a', 'b,c', 'say "hi"', 'x\r\ny', null, undefined, 3, true])).toBe(
    'a,"b,c","say ""hi""","x\r\ny",,,3,true\r\n',
  )
})

test.each([
  '=HYPERLINK("http://evil.example","x")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '"=1',
  ',=1',
  '＝1',
])('what looks like a formula is text: %j', (text) => {
  expect(csvRecord([text])).toMatch(/^"'/)
})

test('names, times, negative numbers and JSON are left alone', () => {
  const at = new Date('2026-11-25T01:02:03.004Z')
  expect(csvRecord(['Ada', '陈', -5, '-5', at, 'a=b'])).toBe('Ada,陈,-5,-5,2026-11-25T01:02:03.004Z,a=b\r\n')
})
