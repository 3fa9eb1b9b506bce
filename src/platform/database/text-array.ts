// Writes long texts for `unnest` in the binary form of an array. PostgreSQL reads it without parsing every character,
// and nothing has to be quoted.
const TEXT_OID = 25
const HEADER = 5 * 4
const LENGTH = 4
const NULL = -1

/** Returns the value of a parameter `::text[]` with one dimension. @see PostgreSQL source, array_recv */
export function textArray(texts: readonly (string | null)[]): Buffer {
  const lengths = texts.map((text) => (text === null ? NULL : Buffer.byteLength(text)))
  const size = lengths.reduce((sum, length) => sum + LENGTH + Math.max(0, length), HEADER)
  const buffer = Buffer.allocUnsafe(size)
  let place = 0
  const write = (number: number) => {
    place = buffer.writeInt32BE(number, place)
  }
  write(1) // number of dimensions
  write(lengths.includes(NULL) ? 1 : 0)
  write(TEXT_OID)
  write(texts.length)
  write(1) // index of the first element
  texts.forEach((text, index) => {
    write(lengths[index] ?? NULL)
    if (text !== null) place += buffer.write(text, place)
  })
  return buffer
}
