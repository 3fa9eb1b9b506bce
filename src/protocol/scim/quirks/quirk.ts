import type { Json, JsonObject } from '../messages/json.ts'
import type { Attribute, ResourceSchema } from '../schema/schema.ts'

/** Records a habit of the identity provider and the attribute where it occurred. */
export type Note = (habit: string, attribute: string) => void

/** A rewrite of one kind of non-standard message. It never changes its input. */
interface Quirk<Rewrite> {
  readonly name: string
  /** Set if administrators should see where the quirk occurs, by attribute. */
  readonly isHabit?: true
  readonly rewrite: Rewrite
}

/** Rewrites the body of a POST or PUT. */
export type BodyQuirk = Quirk<(body: JsonObject, schema: ResourceSchema) => JsonObject>
/** Rewrites a PATCH operation, possibly into several. Its shape hasn't been checked yet. */
export type OperationQuirk = Quirk<(operation: JsonObject, schema: ResourceSchema) => JsonObject[]>
/** Rewrites the value of an attribute or sub-attribute. For an element of a list, `attribute` is single-valued. */
export type ValueQuirk = Quirk<(value: Json, attribute: Attribute) => Json>
