// Long texts for `unnest`, in the binary form of an array: PostgreSQL takes them as they are, where it would have to read
// the usual form letter by letter, and we would have to quote it.
const TEXT_OID = 25
const HEADER = 5 * 4
const LENGTH = 4
const NULL = -1

/** The value of a parameter `::text[]` of one dimension. @see PostgreSQL, array_recv */
export function textArray(texts: readonly (string | null)[]): Buffer {
  const lengths = texts.map((text) => (text === null ? NULL : Buffer.byteLength(text)))
  const size = lengths.reduce((sum, length) => sum + LENGTH + Math.max(0, length), HEADER)
  const buffer = Buffer.allocUnsafe(size)
  let place = 0
  const write = (number: number) => {
    place = buffer.writeInt32BE(number, place)
  }
  write(1) // dimensions
  write(lengths.includes(NULL) ? 1 : 0)
  write(TEXT_OID)
  write(texts.length)
  write(1) // its first index
  texts.forEach((text, index) => {
    write(lengths[index] ?? NULL)
    if (text !== null) place += buffer.write(text, place)
  })
  return buffer
}
