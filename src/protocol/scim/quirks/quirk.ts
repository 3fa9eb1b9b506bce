import type { Json, JsonObject } from '../messages/json.ts'
import type { Attribute, ResourceSchema } from '../schema/schema.ts'

/** Is told of a habit of the identity provider, and at which attribute it was met. */
export type Note = (habit: string, attribute: string) => void

/** One habit of IdPs, turned into what the standard says. A rewrite never changes its input. */
interface Quirk<Rewrite> {
  readonly name: string
  /** Worth being shown to administrators, by attribute. */
  readonly isHabit?: true
  readonly rewrite: Rewrite
}

/** On the body of a POST or PUT. */
export type BodyQuirk = Quirk<(body: JsonObject, schema: ResourceSchema) => JsonObject>
/** On one operation of a PATCH, which may become several. Nothing about its shape has been checked. */
export type OperationQuirk = Quirk<(operation: JsonObject, schema: ResourceSchema) => JsonObject[]>
/** On the value of one attribute or sub-attribute, wherever it stands. `attribute` of an element is single-valued. */
export type ValueQuirk = Quirk<(value: Json, attribute: Attribute) => Json>
