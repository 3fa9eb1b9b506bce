// The stored form of an attribute mapping. src/directory applies it.

/** One step of a rule. Each step receives the list of texts that the step before it returned. */
export type Step =
  | { readonly op: 'lower' | 'upper' | 'trim' | 'first' }
  | { readonly op: 'join'; readonly separator: string }
  /**
   * Keeps the part of each text before (or after) the first occurrence of `text`, or the whole text if it doesn't
   * occur.
   */
  | { readonly op: 'before' | 'after'; readonly text: string }

/** How one profile attribute is computed, from a `source` or a `constant`. */
export interface MappedAttribute {
  readonly attribute: string
  /** A SCIM path such as `name.givenName` or `emails[type eq "work"].value`. */
  readonly source?: string
  /** The same value for every user. */
  readonly constant?: string
  readonly steps?: readonly Step[]
  /** Used when the source has no value. */
  readonly default?: string
}

export type Mapping = readonly MappedAttribute[]
