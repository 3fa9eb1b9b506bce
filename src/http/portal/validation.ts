// How the API checks what it is asked: bodies must have the types that the contract says, while a query is text and read
// as what it stands for. Nothing unknown passes by unseen where the contract allows nothing more.
import { Ajv, type Options } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { readInstant } from '#platform/storable.ts'

const COMMON: Options = { allErrors: false, useDefaults: true, strict: 'log', removeAdditional: false }

export function validatorCompiler(): FastifySchemaCompiler<object> {
  const body = withFormats({ ...COMMON, coerceTypes: false })
  const text = withFormats({ ...COMMON, coerceTypes: 'array' })
  return ({ schema, httpPart }) => (httpPart === 'body' ? body : text).compile(schema)
}

function withFormats(options: Options): Ajv {
  const ajv = new Ajv(options)
  addFormats.default(ajv, ['uuid', 'date', 'email', 'uri'])
  ajv.addFormat('date-time', (text) => readInstant(text) !== undefined)
  return ajv
}
