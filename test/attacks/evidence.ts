import type { RawResponse } from '../raw-http.ts'
import type { Scene } from './scene.ts'

/** What an attack case is judged by: the answers to its requests, and where they were sent. */
export interface Evidence {
  readonly scene: Scene
  /** One, or one for each repetition and each parallel request. */
  readonly responses: readonly RawResponse[]
}
