// Streams downloads: rows are read as fast as the client receives them, so memory doesn't grow with the size of the file. An
// error on the way aborts the connection, so that a client never takes half a file for a whole one.
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'

export type DownloadFormat = 'csv' | 'json'

export interface Download<Row> {
  /** Without date and extension. */
  readonly fileName: string
  readonly format: DownloadFormat
  readonly rows: AsyncGenerator<Row, void>
  readonly csvHead: string
  readonly csv: (row: Row) => string
  readonly json: (row: Row) => object
}

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
} as const
const CHUNK_CHARACTERS = 32_768

/** For the `response` of a route's schema. */
export const DownloadResponse = {
  description: 'all results as a file',
  content: {
    'text/csv': { schema: Type.String() },
    'application/json': { schema: Type.Array(Type.Object({})) },
  },
}

/** Sends the rows as a file. The first row is read before the response starts, so its error is still sent as a problem. */
export async function sendDownload<Row>(reply: FastifyReply, download: Download<Row>): Promise<FastifyReply> {
  const first = await download.rows.next()
  const day = new Date().toISOString().slice(0, 10)
  const lines = download.format === 'csv' ? csvLines(download, first) : jsonLines(download, first)
  return reply
    .header('content-type', TYPES[download.format])
    .header('content-disposition', `attachment; filename="${download.fileName}-${day}.${download.format}"`)
    .send(Readable.from(chunks(lines), { objectMode: false, highWaterMark: CHUNK_CHARACTERS }))
}

async function* rowsFrom<Row>(
  rows: AsyncGenerator<Row, void>,
  first: IteratorResult<Row, void>,
): AsyncGenerator<Row, void> {
  if (first.done) return
  yield first.value
  yield* rows
}

async function* csvLines<Row>({ rows, csvHead, csv }: Download<Row>, first: IteratorResult<Row, void>) {
  yield csvHead
  for await (const row of rowsFrom(rows, first)) yield csv(row)
}

async function* jsonLines<Row>({ rows, json }: Download<Row>, first: IteratorResult<Row, void>) {
  let before = '[\n'
  for await (const row of rowsFrom(rows, first)) {
    yield before + JSON.stringify(json(row))
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

async function* chunks(lines: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  let chunk = ''
  for await (const line of lines) {
    chunk += line
    if (chunk.length < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
