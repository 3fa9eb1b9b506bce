// Notes on accepted requests: the administrator may have expected more than was done.

type ResourceType = 'User' | 'Group'

export interface NoteParams {
  /** Names that no schema has were ignored (lenient mode). */
  readonly 'attributes-left-out': { readonly resourceType: ResourceType; readonly names: readonly string[] }
  /** No operation of a PATCH had a target, so nothing was changed. */
  readonly 'patch-left-out': { readonly resourceType: ResourceType; readonly names: readonly string[] }
  /** Values were in a nonstandard form. */
  readonly 'values-converted': {
    readonly resourceType: ResourceType
    readonly names: readonly string[]
    readonly habit: string
  }
  /** `active` was cleared, which doesn't change access. */
  readonly 'active-kept': Readonly<Record<never, never>>
  /** The SCIM resource was changed, but the user stays deleted in the portal. */
  readonly 'user-deleted-in-portal': Readonly<Record<never, never>>
  /** The SCIM resource is active, but the user stays disabled by an administrator. */
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
