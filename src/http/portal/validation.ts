// Validates requests by the schemas of the contract. Bodies must have exactly the declared types; path and query parameters
// are text and are converted. Members that a strict schema doesn't name are refused, never dropped.
import { Ajv, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import type { FastifyValidationResult } from 'fastify/types/schema.js'
import { readInstant } from '#platform/database/storable.ts'

const COMMON: Options = { allErrors: false, useDefaults: true, strict: 'log', removeAdditional: false }

export function validatorCompiler(): FastifySchemaCompiler<object> {
  const body = withFormats({ ...COMMON, coerceTypes: false })
  const text = withFormats({ ...COMMON, coerceTypes: 'array' })
  return ({ schema, httpPart }) => withoutInfinity((httpPart === 'body' ? body : text).compile(schema))
}

function withFormats(options: Options): Ajv {
  const ajv = new Ajv(options)
  addFormats.default(ajv, ['uuid', 'date', 'email', 'uri'])
  ajv.addFormat('date-time', (text) => readInstant(text) !== undefined)
  return ajv
}

/** JSON.parse reads `1e999` as Infinity, which Ajv accepts as an integer. */
function withoutInfinity(validate: ValidateFunction): FastifyValidationResult {
  const check: FastifyValidationResult = (data: unknown) => {
    const path = validate(data) ? infinityIn(data) : undefined
    const found = (validate.errors ?? null) as FastifySchemaValidationError[] | null
    check.errors = path ? [fault(path)] : found
    return !check.errors
  }
  return check
}

function fault(path: readonly string[]): FastifySchemaValidationError {
  const instancePath = ['', ...path].join('/')
  return { keyword: 'type', instancePath, schemaPath: '', params: {}, message: 'must be a finite number' }
}

/** Returns the path to the first infinite number. */
function infinityIn(value: unknown): string[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : []
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const path = infinityIn(inner)
    if (path) return [name, ...path]
  }
  return undefined
}
