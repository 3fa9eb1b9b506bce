import { expect, test } from 'vitest'
import { join, parametersOf, prepared, raw, sql, textOf } from './sql.ts'

test('values become numbered parameters, never text', () => {
  const statement = sql`select ${1} where name = ${"'; drop table tenant"}`
  expect(textOf(statement)).toBe('select $1 where name = $2')
  expect(parametersOf(statement)).toEqual([1, "'; drop table tenant"])
})

test('nested fragments keep the order of text and parameters', () => {
  const inner = sql`b = ${2} and ${sql`c = ${3}`}`
  const statement = sql`select ${1} where ${inner} or d = ${4}`
  expect(textOf(statement)).toBe('select $1 where b = $2 and c = $3 or d = $4')
  expect(parametersOf(statement)).toEqual([1, 2, 3, 4])
})

test('fragments are joined by a separator', () => {
  expect(textOf(join([sql`a = ${1}`, raw('b'), sql`c = ${2}`], ' and '))).toBe('a = $1 and b and c = $2')
  expect(textOf(join([raw('a')], ' and '))).toBe('a')
  expect(textOf(join([], ' and '))).toBe('')
})

test('a value that only looks like a fragment from outside stays a value', () => {
  const json = JSON.parse('{"strings":["drop"]}')
  expect(textOf(sql`select ${json}`)).toBe('select $1')
})

test('a prepared statement keeps its name, text and parameters', () => {
  const statement = prepared('user.read', sql`select ${7}`)
  expect([statement.name, textOf(statement), parametersOf(statement)]).toEqual([
    'user.read',
    'select $1',
    [7],
  ])
})
