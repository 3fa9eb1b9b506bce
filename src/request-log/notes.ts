// What an accepted request leaves to be told: the administrator may expect more of it than was done.

type ResourceType = 'User' | 'Group'

export interface NoteParams {
  /** Names that no schema has were left out of the message (lenient mode). */
  readonly 'attributes-left-out': { readonly resourceType: ResourceType; readonly names: readonly string[] }
  /** No operation of a PATCH had a target, so that nothing was done. */
  readonly 'patch-left-out': { readonly resourceType: ResourceType; readonly names: readonly string[] }
  /** Values were in a form of the identity provider's own. */
  readonly 'values-converted': {
    readonly resourceType: ResourceType
    readonly names: readonly string[]
    readonly habit: string
  }
  /** `active` was cleared, which says nothing about access. */
  readonly 'active-kept': Readonly<Record<never, never>>
  /** The SCIM resource was changed; the user stays deleted in the portal. */
  readonly 'user-deleted-in-portal': Readonly<Record<never, never>>
  /** The SCIM resource is active; an administrator's hold stays. */
  readonly 'user-disabled-in-portal': Readonly<Record<never, never>>
}

export type NoteCode = keyof NoteParams

export interface Note<Code extends NoteCode = NoteCode> {
  readonly code: Code
  readonly params: NoteParams[Code]
}

export const NOTE_CODES = [
  'attributes-left-out',
  'patch-left-out',
  'values-converted',
  'active-kept',
  'user-deleted-in-portal',
  'user-disabled-in-portal',
] as const satisfies readonly NoteCode[]
