type WithIsoTimes<Row> = {
  [Name in keyof Row]: Row[Name] extends Date
    ? string
    : Row[Name] extends Date | null | undefined
      ? Exclude<Row[Name], Date> | string
      : Row[Name]
}

/** Returns a copy of a row in which every date is an ISO 8601 text in UTC, as the contract has it. */
export function withIsoTimes<Row extends object>(row: Row): WithIsoTimes<Row> {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ])
  return Object.fromEntries(entries) as WithIsoTimes<Row>
}
