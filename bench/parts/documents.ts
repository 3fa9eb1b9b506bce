// Measures the cost of refusing a message from a stranger: the CPU time of this process, in turns with a valid
// message.

import { readPosted } from '#sign-in/saml/bindings.ts'
import { readLogoutMessage } from '#sign-in/saml/logout.ts'
import { receiveResponse } from '#sign-in/saml/sign-in.ts'
import { type Corpus, type Message, makeCorpus } from '../hostile-saml.ts'
import { type Line, median, Results } from '../results.ts'
import type { Task } from '../task.ts'

const ROUNDS = 7
const WARM_UP = 50
/** How often the valid message is repeated, because one is too short for the clock. */
const REPEATED = 5

/** Receives a message. @returns whether it was accepted */
type Receive = (field: string) => Promise<boolean>

export async function measureDocuments({ signal, say }: Task): Promise<Results> {
  const corpus = await makeCorpus()
  say(`${corpus.responses.length} responses and ${corpus.logoutRequests.length} LogoutRequests`)
  return new Results([
    ...(await measureAll(
      'response',
      receiverOfResponses(corpus),
      corpus.goodResponse,
      corpus.responses,
      signal,
    )),
    ...(await measureAll(
      'logoutRequest',
      receiverOfLogoutRequests(corpus),
      corpus.goodLogoutRequest,
      corpus.logoutRequests,
      signal,
    )),
  ])
}

async function measureAll(
  op: string,
  receive: Receive,
  good: string,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<Line[]> {
  if (!(await receive(good))) throw new Error('the good message was refused')
  for (let n = 0; n < WARM_UP; n++) await receive(good)
  const lines: Line[] = []
  for (const { name, field, isRefused } of messages) {
    signal.throwIfAborted()
    const wrong = (await receive(field)) === isRefused ? 1 : 0
    const times: number[] = []
    const goodTimes: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      goodTimes.push(await milliseconds(receive, good, REPEATED))
      times.push(await milliseconds(receive, field, 1))
    }
    const [figure, ours] = [median(times), median(goodTimes)]
    lines.push({ target: 'ours', op, sample: name, figure: figure / ours, p50: figure, wrong })
    lines.push({ target: 'good', op, p50: ours })
  }
  return lines
}

async function milliseconds(receive: Receive, field: string, times: number): Promise<number> {
  const begun = process.cpuUsage()
  for (let n = 0; n < times; n++) await receive(field)
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1_000 / times
}

function receiverOfResponses({ parties, token, serviceKeys }: Corpus): Receive {
  const receiving = {
    provider: { matching: null, details: {} } as never,
    parties,
    token,
    keys: async () => serviceKeys as never,
  }
  return (field) => isAccepted(() => receiveResponse(readPosted(field), { ...receiving, now: new Date() }))
}

function receiverOfLogoutRequests({ parties }: Corpus): Receive {
  return (field) => isAccepted(async () => readLogoutMessage(parties, { field }, new Date()))
}

async function isAccepted(receive: () => Promise<unknown>): Promise<boolean> {
  try {
    await receive()
    return true
  } catch {
    return false
  }
}
