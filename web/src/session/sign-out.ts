import { api } from '../api/client.ts'

/** All tabs of this browser share one session, so they leave it together. */
const channel = new BroadcastChannel('doorlist-session')
const SIGNED_OUT = 'signed-out'

/** Ends the session. @throws {ApiError} it lives on */
export async function signOut(): Promise<void> {
  await api.delete('/session')
  channel.postMessage(SIGNED_OUT)
}

export function onSignOutElsewhere(leave: () => void): void {
  channel.onmessage = ({ data }) => {
    if (data === SIGNED_OUT) leave()
  }
}
