// The shape of an attribute mapping, as an identity provider keeps it. What it means is src/directory's.

/** One step of a rule; each takes what the one before it gave, a list of texts. */
export type Step =
  | { readonly op: 'lower' | 'upper' | 'trim' | 'first' }
  | { readonly op: 'join'; readonly separator: string }
  /** Of each text, what stands before (or after) the first occurrence of `text`; the whole where it does not occur. */
  | { readonly op: 'before' | 'after'; readonly text: string }

/** How one attribute of the profile is made. It has a `source` or a `constant`. */
export interface MappedAttribute {
  readonly attribute: string
  /** A SCIM path such as `name.givenName` or `emails[type eq "work"].value`. */
  readonly source?: string
  /** The same for everybody, whatever the resource says. */
  readonly constant?: string
  readonly steps?: readonly Step[]
  /** Fills in when the source has nothing. */
  readonly default?: string
}

export type Mapping = readonly MappedAttribute[]
